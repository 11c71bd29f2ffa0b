using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>What a tier asks of a human, in words.</summary>
internal static class GateText
{
    public static string Of(RiskTier tier, TierGate gate) => gate.Approval == ApprovalGate.Review
        ? $"Tier {PolicyWords.InWords(tier)} asks for a review of the call"
        : $"Tier {PolicyWords.InWords(tier)} asks for an approval of each call";

    public static string None(RiskTier tier) => $"tier {PolicyWords.InWords(tier)} asks nobody";
}
