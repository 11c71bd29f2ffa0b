namespace ToolGuardrails.Policy;

/// <summary>What is let through where every agent of a call is only observed, so that a policy can be tried out: what a change of the policy could allow, and what guards and people would have to say. Never what a deny rule forbids, or what can't be judged.</summary>
internal static class Observation
{
    private static readonly HashSet<string> Covered = new(StringComparer.Ordinal)
    {
        DecisionCodes.ScopeNoGrant, DecisionCodes.PromptMissing, DecisionCodes.BudgetExhausted, DecisionCodes.BudgetRefused, DecisionCodes.ApprovalRequired, DecisionCodes.ApprovalNobody,
        DecisionCodes.GuardThrew, DecisionCodes.GuardTimeout, DecisionCodes.GuardSilent,
    };

    /// <summary>Whether a verdict on a call is recorded without stopping it.</summary>
    public static bool Covers(in ToolCall call, Verdict verdict) => ((PolicySlot)call.Resolved).Terms.Observes && Covers(verdict.Reason.Code);

    /// <summary>The call, let through where its agents are only observed and its tier allows that (T27).</summary>
    public static ToolCall Observe(ToolCall call) =>
        call.SoFar.Effect != Effect.Allow && call.Tier is RiskTier.Low or RiskTier.Medium && Covers(call, call.SoFar) ? call.LetThrough() : call;

    /// <summary>Why a slot lets no call pass, observed or not; null where it may let some pass.</summary>
    public static VerdictReason? Denies(PolicySlot slot) => Stands(slot, slot.Denial);

    /// <summary>Whether a slot's scope may let some call pass, observed or not.</summary>
    public static bool IsInScope(PolicySlot slot) => Stands(slot, slot.OutOfScope) is null;

    private static VerdictReason? Stands(PolicySlot slot, VerdictReason? denial) => denial is not null && !(slot.Terms.Observes && Covers(denial.Code)) ? denial : null;

    // A code that isn't the library's is one of the host's guards.
    private static bool Covers(string code) => Covered.Contains(code) || !VerdictReason.IsOwn(code);
}
