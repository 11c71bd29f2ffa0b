using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tiers;

/// <summary>Stage 2: the call's tier is the highest of the tool's own and every matched risk's, and must not exceed the agent's ceiling.</summary>
/// <remarks>A risk that can't be ruled out counts. Unclassified is a denial.</remarks>
internal sealed class TierGuard : IToolGuard
{
    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var slot = (PolicySlot)call.Resolved;
        Span<int> positions = slot.RoomForPlaces();
        bool fits = slot.Risks.Length == 0 || slot.Locate(call.Arguments.Snapshot!, positions) is null;
        RiskTier tier = TierOf(slot, call, positions, fits);
        return new(Objection(slot, ref tier) is { } objection ? Verdict.DenyAt(tier, objection) : Verdict.AllowAtLeast(tier));
    }

    /// <summary>The tier of a call whose declared arguments have been looked for.</summary>
    /// <param name="slot">The call's slot.</param>
    /// <param name="call">The call.</param>
    /// <param name="positions">Where its declared arguments are.</param>
    /// <param name="fits">Whether they fit the declaration. Nobody can say what risks others match.</param>
    public static RiskTier TierOf(PolicySlot slot, in ToolCall call, ReadOnlySpan<int> positions, bool fits) =>
        slot.Risks.Length == 0 ? slot.Tool.Tier
            : fits ? TierOf(slot, new ConditionInput(call.Arguments.Snapshot!, positions, call.Session))
            : RiskTier.Unclassified;

    /// <summary>What stands against a tier; null where nothing does. What is none becomes unclassified.</summary>
    public static VerdictReason? Objection(PolicySlot slot, ref RiskTier tier)
    {
        bool isOne = tier is >= RiskTier.Low and <= RiskTier.High;
        tier = isOne ? tier : RiskTier.Unclassified;
        return !isOne ? Reasons.TierUnclassified : tier > slot.Ceiling ? Reasons.TierAboveAgent : null;
    }

    private static RiskTier TierOf(PolicySlot slot, in ConditionInput input)
    {
        RiskTier tier = slot.Tool.Tier;
        foreach (CompiledRisk risk in slot.Risks)
        {
            if (risk.Condition.Evaluate(input) != Truth.False)
            {
                tier = Verdict.Higher(tier, risk.Tier);
            }
        }

        return tier;
    }
}
