namespace ToolGuardrails;

/// <summary>Asks through a function of the host's, such as one that shows a dialogue or posts to a chat and waits.</summary>
/// <remarks>Law 5: a function that throws denies the call.</remarks>
public sealed class CallbackApprover : IApprover
{
    private readonly Func<ApprovalRequest, CancellationToken, ValueTask<ApprovalResponse>> _decide;

    /// <summary>Creates the approver.</summary>
    /// <param name="decide">Shows the request and returns the answer. It may be called for several requests at once. Its token is cancelled when the caller gives up or the request expires.</param>
    public CallbackApprover(Func<ApprovalRequest, CancellationToken, ValueTask<ApprovalResponse>> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        _decide = decide;
    }

    /// <inheritdoc/>
    public ValueTask<ApprovalResponse> DecideAsync(ApprovalRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _decide(request, cancellationToken);
    }
}
