using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Scoping;

/// <summary>Stage 1: the arguments fit their declaration, no deny rule matches, and for every agent of the chain a grant does. Default deny.</summary>
/// <remarks>Deny beats everything. A condition that can't be evaluated never grants and never fails to forbid (law 5).</remarks>
internal sealed class ScopeGuard : IToolGuard
{
    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
    {
        var slot = (PolicySlot)call.Resolved;
        return new(Objection(slot, call, slot.RoomForPlaces()) is { } objection ? VerdictOf(objection) : Verdict.Allow);
    }

    /// <summary>What stands against a call; null where nothing does. Fills in where its declared arguments are, for whoever looks at them next.</summary>
    public static VerdictReason? Objection(PolicySlot slot, in ToolCall call, Span<int> positions)
    {
        if (slot.Denial is not null && Observation.Denies(slot) is { } denial)
        {
            return denial;
        }

        ArgumentSnapshot arguments = call.Arguments.Snapshot!;
        return slot.Locate(arguments, positions) ?? Judge(slot, new ConditionInput(arguments, positions, call.Session));
    }

    /// <summary>The verdict for what stands against a call. Where nobody has said anything it is the default one, which has no tier either.</summary>
    public static Verdict VerdictOf(VerdictReason objection) => objection == Reasons.GuardSilent ? default : Verdict.Deny(objection);

    private static VerdictReason? Judge(PolicySlot slot, in ConditionInput input)
    {
        AgentLayer[] layers = slot.Layers;
        foreach (AgentLayer layer in layers)
        {
            if (layer.PossibleDenies.Length > 0 && FirstDeny(layer.PossibleDenies, input) is { } denied)
            {
                return denied;
            }
        }

        foreach (AgentLayer layer in layers)
        {
            if (!layer.IsAlwaysGranted && !IsGranted(layer.Grants, input))
            {
                return Reasons.ScopeNoGrant;
            }
        }

        return layers.Length == 0 ? Reasons.GuardSilent
            : slot.Terms.PromptLevels != 0 && LacksPrompt(slot.Terms.PromptLevels, input.Session) ? Reasons.PromptMissing
            : null;
    }

    // Each agent of the chain that needs a prompt needs one of its own session.
    private static bool LacksPrompt(int levels, SessionIdentity session)
    {
        for (SessionIdentity? at = session; at is not null && levels != 0; at = at.Parent, levels >>= 1)
        {
            if ((levels & 1) != 0 && !at.HasPrompt)
            {
                return true;
            }
        }

        return false;
    }

    private static VerdictReason? FirstDeny(CompiledRule[] denies, in ConditionInput input)
    {
        foreach (CompiledRule deny in denies)
        {
            if (deny.Condition.Evaluate(input) != Truth.False)
            {
                return deny.Reason;
            }
        }

        return null;
    }

    private static bool IsGranted(CompiledRule[] grants, in ConditionInput input)
    {
        foreach (CompiledRule grant in grants)
        {
            if (grant.Condition.Evaluate(input) == Truth.True && grant.MayBeUsed)
            {
                return true;
            }
        }

        return false;
    }
}
