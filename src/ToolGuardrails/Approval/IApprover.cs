namespace ToolGuardrails;

/// <summary>Asks a human, while the call waits.</summary>
/// <remarks>Law 5: an approver that throws denies the call. One that hasn't answered when the request expires has rejected it.</remarks>
public interface IApprover
{
    /// <summary>Shows the request and returns the answer.</summary>
    /// <param name="request">The request; <see cref="ApprovalRequest.ToText"/> renders it.</param>
    /// <param name="cancellationToken">Is cancelled when the caller gives up or the request expires.</param>
    ValueTask<ApprovalResponse> DecideAsync(ApprovalRequest request, CancellationToken cancellationToken);
}
