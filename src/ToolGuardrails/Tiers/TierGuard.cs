using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tiers;

/// <summary>Stage 2: the call's tier is the highest of the tool's own and every matched risk's, and must not exceed the agent's ceiling.</summary>
/// <remarks>A risk that can't be ruled out counts. Unclassified is a denial.</remarks>
internal sealed class TierGuard : IToolGuard
{
    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) => new(Evaluate(call));

    private static Verdict Evaluate(in ToolCall call)
    {
        var slot = (PolicySlot)call.Resolved;
        RiskTier tier = TierOf(slot, call);
        return tier is < RiskTier.Low or > RiskTier.High ? Verdict.DenyAt(RiskTier.Unclassified, Reasons.TierUnclassified)
            : tier > slot.Ceiling ? Verdict.DenyAt(tier, Reasons.TierAboveAgent)
            : Verdict.AllowAtLeast(tier);
    }

    private static RiskTier TierOf(PolicySlot slot, in ToolCall call)
    {
        RiskTier tier = slot.Tool.Tier;
        if (slot.Risks.Count == 0)
        {
            return tier;
        }

        ArgumentSnapshot arguments = call.Arguments.Snapshot!;
        Span<int> positions = slot.Places <= 64 ? stackalloc int[slot.Places] : new int[slot.Places];
        if (slot.Locate(arguments, positions) is not null)
        {
            return RiskTier.Unclassified;
        }

        var input = new ConditionInput(arguments, positions, call.Session);
        for (int i = 0; i < slot.Risks.Count; i++)
        {
            if (slot.Risks[i].Condition.Evaluate(input) != Truth.False)
            {
                tier = Verdict.Higher(tier, slot.Risks[i].Tier);
            }
        }

        return tier;
    }
}
