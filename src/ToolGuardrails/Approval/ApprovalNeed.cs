using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>Whether a call needs a human, without asking one.</summary>
internal static class ApprovalNeed
{
    private static readonly Verdict Required = Verdict.RequireApproval(Reasons.ApprovalRequired);

    /// <summary>Judges a call that the stages before have judged.</summary>
    public static Verdict Judge(in ToolCall call)
    {
        var slot = (PolicySlot)call.Resolved;
        return call.SoFar.Effect == Effect.Deny ? call.SoFar
            : call.Tier is < RiskTier.Low or > RiskTier.High ? Verdict.Deny(Reasons.TierUnclassified)
            : call.Tier > slot.Ceiling ? Verdict.Deny(Reasons.TierAboveAgent)
            : GateFor(call).Approval == ApprovalGate.None ? Verdict.Allow
            : HasNobody(GateFor(call), call.Session) ? Verdict.Deny(Reasons.ApprovalNobody)
            : Required;
    }

    /// <summary>The gate that a call goes through. A guard's demand on a Low call goes through Medium's, or Low's own where that is stricter.</summary>
    public static TierGate GateFor(in ToolCall call)
    {
        IReadOnlyDictionary<RiskTier, TierGate> gates = ((PolicySlot)call.Resolved).Gates;
        TierGate gate = gates[call.Tier];
        bool raised = call.Tier == RiskTier.Low && call.SoFar.Effect == Effect.RequireApproval;
        return raised && gate.Approval != ApprovalGate.PerCall ? gates[RiskTier.Medium] : gate;
    }

    /// <summary>Whether nobody could ever approve: the subject never approves what is asked for each time, and there may be none.</summary>
    public static bool HasNobody(TierGate gate, SessionIdentity session) =>
        gate.Escalation is null
        && gate.Approvers.All(static a => a == "subject")
        && (gate.Approvers.Count == 0 || session.Subject is null || gate.Approval != ApprovalGate.Review);
}
