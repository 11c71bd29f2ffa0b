namespace ToolGuardrails;

/// <summary>How somebody decides, as far as the store remembers: what tells a careful approver from a rubber stamp (docs/approvals.md, Rubber stamps).</summary>
/// <param name="Took">From the request to the answer.</param>
/// <param name="Approved">How many requests for this tool this approver has approved, with this one.</param>
/// <param name="Decided">How many they have decided, with this one.</param>
/// <param name="Streak">How many approvals in a row, up to and with this one; 0 after anything else.</param>
internal readonly record struct ApproverPace(TimeSpan Took, int Approved, int Decided, int Streak)
{
    /// <summary>How many requests are looked at.</summary>
    public const int Window = 256;

    /// <summary>Measures a decision against those before it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="decision">The decision, which isn't among <paramref name="before"/> or is the last of them.</param>
    /// <param name="before">The requests that the store has, in order.</param>
    public static ApproverPace Of(ApprovalRequest request, ApprovalDecision decision, IEnumerable<ApprovalCase> before)
    {
        ApprovalDecision[] own =
        [
            .. before.Where(c => c.Request.Tool.Id == request.Tool.Id && c.Request.Id != request.Id)
                .SelectMany(static c => c.Decisions)
                .Where(d => d.Answer != ApprovalAnswer.Defer && d.By == decision.By)
                .OrderBy(static d => d.At),
            decision,
        ];
        int streak = own.Reverse().TakeWhile(static d => d.Answer == ApprovalAnswer.Approve).Count();
        return new(decision.At - request.RequestedAt, own.Count(static d => d.Answer == ApprovalAnswer.Approve), own.Length, streak);
    }
}
