using ToolGuardrails.Testing.Waiting;

namespace ToolGuardrails;

/// <summary>An approver that answers what the test has written down, in that order, and keeps the requests that it saw. The last answer goes on for every further request; without any it defers.</summary>
/// <remarks>Its methods return the approver itself, so that answers are written one behind the other: <c>new FakeApprover().Rejects("no").Approves(lead)</c>.</remarks>
public sealed class FakeApprover : IApprover
{
    private readonly Lock _lock = new();
    private readonly List<Func<ApprovalRequest, ValueTask<ApprovalResponse>>> _answers = [];
    private readonly Arrivals<ApprovalRequest> _requests = new();
    private int _next;

    /// <summary>How long a test waits for a request that doesn't come, by the real clock.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The requests so far, in order.</summary>
    public IReadOnlyList<ApprovalRequest> Requests => _requests.All;

    /// <summary>Yes, by a proven person who types the request's short digest.</summary>
    /// <param name="by">The person.</param>
    /// <param name="roles">The roles that the channel proves.</param>
    public FakeApprover Approves(Principal by, params IReadOnlyList<string> roles)
    {
        var identity = new ApproverIdentity(by, roles);
        return Answers(r => ApprovalResponse.Approve(identity, r.ShortDigest));
    }

    /// <summary>Yes, by whoever sits at a channel that proves nobody, such as a terminal.</summary>
    public FakeApprover ApprovesUnproven() => Answers(static _ => ApprovalResponse.ApproveUnproven());

    /// <summary>No.</summary>
    /// <param name="reason">Why; null where nothing is said.</param>
    public FakeApprover Rejects(string? reason = null) => Answers(_ => ApprovalResponse.Reject(reason));

    /// <summary>Not now: the call ends as pending.</summary>
    public FakeApprover Defers() => Answers(static _ => ApprovalResponse.Defer());

    /// <summary>The channel fails.</summary>
    /// <param name="exception">What it throws; an <see cref="InvalidOperationException"/> where null.</param>
    public FakeApprover Throws(Exception? exception = null) =>
        Then(_ => ValueTask.FromException<ApprovalResponse>(exception ?? new InvalidOperationException("The approver's channel fails, as the test has it.")));

    /// <summary>Nothing, ever, and a cancelled token changes nothing: the request lapses when the test moves the clock beyond <see cref="ApprovalRequest.ExpiresAt"/>.</summary>
    public FakeApprover NeverAnswers() => Then(static _ => new(new TaskCompletionSource<ApprovalResponse>().Task));

    /// <summary>Whatever the test makes of the request.</summary>
    /// <param name="answer">Makes the answer.</param>
    public FakeApprover Answers(Func<ApprovalRequest, ApprovalResponse> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Then(r => new(answer(r)));
    }

    /// <inheritdoc/>
    public ValueTask<ApprovalResponse> DecideAsync(ApprovalRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        Func<ApprovalRequest, ValueTask<ApprovalResponse>>? answer = Next();
        _requests.Add([request]);
        return answer is null ? new(ApprovalResponse.Defer()) : answer(request);
    }

    /// <summary>Waits until so many requests have been made.</summary>
    /// <param name="count">How many; 1 by default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>All requests, in order.</returns>
    /// <exception cref="GuardrailAssertionException">They didn't come within <see cref="WaitLimit"/>.</exception>
    public Task<IReadOnlyList<ApprovalRequest>> WaitForRequestAsync(int count = 1, CancellationToken cancellationToken = default) =>
        _requests.WaitForAsync(static _ => true, count, "requests", WaitLimit, cancellationToken);

    private FakeApprover Then(Func<ApprovalRequest, ValueTask<ApprovalResponse>> answer)
    {
        lock (_lock)
        {
            _answers.Add(answer);
        }

        return this;
    }

    private Func<ApprovalRequest, ValueTask<ApprovalResponse>>? Next()
    {
        lock (_lock)
        {
            int at = Math.Min(_next++, _answers.Count - 1);
            return at < 0 ? null : _answers[at];
        }
    }
}
