using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Scoping;

/// <summary>Stage 1: the arguments fit their declaration, no deny rule matches, and for every agent of the chain a grant does. Default deny.</summary>
/// <remarks>Deny beats everything. A condition that can't be evaluated never grants and never fails to forbid (law 5).</remarks>
internal sealed class ScopeGuard : IToolGuard
{
    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) => new(Evaluate(call));

    private static Verdict Evaluate(in ToolCall call)
    {
        var slot = (PolicySlot)call.Resolved;
        if (Observation.Denies(slot) is { } denial)
        {
            return Verdict.Deny(denial);
        }

        ArgumentSnapshot arguments = call.Arguments.Snapshot!;
        Span<int> positions = slot.Places <= 64 ? stackalloc int[slot.Places] : new int[slot.Places];
        return slot.Locate(arguments, positions) is { } misfit
            ? Verdict.Deny(misfit)
            : Judge(slot, new ConditionInput(arguments, positions, call.Session));
    }

    private static Verdict Judge(PolicySlot slot, in ConditionInput input)
    {
        for (int i = 0; i < slot.Layers.Count; i++)
        {
            if (FirstDeny(slot.Layers[i].Denies, input) is { } denied)
            {
                return Verdict.Deny(denied);
            }
        }

        for (int i = 0; i < slot.Layers.Count; i++)
        {
            if (!IsGranted(slot.Layers[i].Grants, input))
            {
                return Verdict.Deny(Reasons.ScopeNoGrant);
            }
        }

        return slot.Layers.Count == 0 ? default
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

    private static VerdictReason? FirstDeny(IReadOnlyList<CompiledRule> denies, in ConditionInput input)
    {
        for (int i = 0; i < denies.Count; i++)
        {
            if (denies[i].Condition.Evaluate(input) != Truth.False)
            {
                return denies[i].Reason;
            }
        }

        return null;
    }

    private static bool IsGranted(IReadOnlyList<CompiledRule> grants, in ConditionInput input)
    {
        for (int i = 0; i < grants.Count; i++)
        {
            if (grants[i].Condition.Evaluate(input) == Truth.True && grants[i].MayBeUsed)
            {
                return true;
            }
        }

        return false;
    }
}
