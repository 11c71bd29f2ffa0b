using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>What a tier asks of a human, in words.</summary>
internal static class GateText
{
    public static string Of(RiskTier tier, TierGate gate)
    {
        string asks = gate.Approval == ApprovalGate.Review
            ? $"Tier {PolicyWords.InWords(tier)} asks for a review of the call"
            : $"Tier {PolicyWords.InWords(tier)} asks for an approval of each call";
        return asks + (gate.Quorum > 1 ? FormattableString.Invariant($" by {gate.Quorum} different people") : "") + (gate.NeedsComment ? ", with a comment" : "");
    }

    public static string None(RiskTier tier) => $"tier {PolicyWords.InWords(tier)} asks nobody";

    /// <summary>Who may give it, and who may from a later time on.</summary>
    public static string Approvers(TierGate gate) =>
        List(gate.Approvers) + (gate.Escalation is { } later ? $"; after {PolicyDraft.Span(later.After)} also {List(later.To)}" : "");

    /// <summary>Who has to give an eligible entry: <c>role:sre</c>, or <c>2 different people out of role:sre, role:lead</c>.</summary>
    public static string Givers(TierGate gate) =>
        (gate.Quorum > 1 ? FormattableString.Invariant($"{gate.Quorum} different people out of ") : "") + Approvers(gate);

    private static string List(IEnumerable<string> approvers) => string.Join(", ", approvers.Select(VisibleText.Escape));
}
