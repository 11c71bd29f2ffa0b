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
        return new(Evaluate(slot, call, slot.RoomForPlaces()));
    }

    /// <summary>Judges a call, and fills in where its declared arguments are, for whoever looks at them next.</summary>
    public static Verdict Evaluate(PolicySlot slot, in ToolCall call, Span<int> positions)
    {
        if (Observation.Denies(slot) is { } denial)
        {
            return Verdict.Deny(denial);
        }

        ArgumentSnapshot arguments = call.Arguments.Snapshot!;
        return slot.Locate(arguments, positions) is { } misfit
            ? Verdict.Deny(misfit)
            : Judge(slot, new ConditionInput(arguments, positions, call.Session));
    }

    private static Verdict Judge(PolicySlot slot, in ConditionInput input)
    {
        AgentLayer[] layers = slot.Layers;
        foreach (AgentLayer layer in layers)
        {
            if (FirstDeny(layer.PossibleDenies, input) is { } denied)
            {
                return Verdict.Deny(denied);
            }
        }

        foreach (AgentLayer layer in layers)
        {
            if (!layer.IsAlwaysGranted && !IsGranted(layer.Grants, input))
            {
                return Verdict.Deny(Reasons.ScopeNoGrant);
            }
        }

        return layers.Length == 0 ? default
            : LacksPrompt(slot.Terms.PromptLevels, input.Session) ? Verdict.Deny(Reasons.PromptMissing)
            : Verdict.Allow;
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
