namespace ToolGuardrails.Tests.Reference;

/// <summary>How somebody answers a request.</summary>
internal enum ReferenceAnswer
{
    /// <summary>A proven lead says yes and types the short digest.</summary>
    Lead,

    /// <summary>A proven lead says yes and types nothing.</summary>
    LeadUnconfirmed,

    /// <summary>Whoever sits at a terminal says yes.</summary>
    Unproven,
    No,
    Later,
}

/// <summary>What an answer is worth (docs/semantics.md, Who may approve).</summary>
internal static class ReferenceApproval
{
    /// <summary>Whether anybody could approve. The person the call is made for may only review.</summary>
    public static bool CanAnybody(ReferencePolicy policy, string gate, ReferenceCall call) =>
        policy.Approvers(gate).Any(a => a == "role:lead" || (a == "subject" && gate == "review" && call.Subject is not null));

    /// <summary>What becomes of a call that was asked for.</summary>
    public static Expected Settle(ReferencePolicy policy, ReferenceCall call, Expected asked, ReferenceAnswer answer)
    {
        string gate = policy.Gate(asked.Tier);
        string[] approvers = policy.Approvers(gate);
        string? refusal = answer switch
        {
            ReferenceAnswer.Lead => approvers.Contains("role:lead") ? null : DecisionCodes.ApprovalNotAllowed,
            ReferenceAnswer.LeadUnconfirmed => !approvers.Contains("role:lead") ? DecisionCodes.ApprovalNotAllowed : gate == "perCall" ? DecisionCodes.ApprovalNotConfirmed : null,
            ReferenceAnswer.Unproven => gate == "review" && approvers.Contains("subject") && call.Subject is not null ? null : DecisionCodes.ApprovalNotAllowed,
            _ => DecisionCodes.ApprovalRejected,
        };
        return answer == ReferenceAnswer.Later ? asked
            : refusal is null ? asked with { Effect = Effect.Allow, Reasons = [DecisionCodes.Allowed] }
            : asked with { Effect = Effect.Deny, Reasons = [refusal] };
    }
}

/// <summary>Answers as it is told to, and counts how often it was asked.</summary>
internal sealed class ReferenceApprover : IApprover
{
    private static readonly ApproverIdentity Lead = new(new Principal("https://id.example", "lee"), ["lead"]);

    public ReferenceAnswer Answer { get; set; }

    /// <summary>What happens while the request waits; null for nothing.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public int Asked { get; private set; }

    public async ValueTask<ApprovalResponse> DecideAsync(ApprovalRequest request, CancellationToken cancellationToken)
    {
        Asked++;
        if (Meanwhile is { } meanwhile)
        {
            await meanwhile();
        }

        return Answer switch
        {
            ReferenceAnswer.Lead => ApprovalResponse.Approve(Lead, request.ShortDigest),
            ReferenceAnswer.LeadUnconfirmed => ApprovalResponse.Approve(Lead),
            ReferenceAnswer.Unproven => ApprovalResponse.ApproveUnproven(),
            ReferenceAnswer.No => ApprovalResponse.Reject(),
            _ => ApprovalResponse.Defer(),
        };
    }
}
