using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Scoping;

/// <summary>Which of the grants that people have given for a while a call relies on.</summary>
internal static class GivenGrants
{
    /// <summary>The elevations without which some agent of the call's chain would have no grant for it.</summary>
    public static IReadOnlyList<IssuedGrant> ElevationsOf(in ToolCall call)
    {
        var slot = (PolicySlot)call.Resolved;
        var needed = new List<IssuedGrant>();
        if (!slot.IsElevated)
        {
            return needed;
        }

        ConditionInput input = PolicySlot.InputOf(call);
        foreach (AgentLayer layer in slot.Layers)
        {
            // One that has no use left by now still counts: using it fails, and so the call is denied. Without it the call would have no grant at all.
            CompiledRule? issued = null;
            bool isStanding = false;
            foreach (CompiledRule grant in layer.Grants)
            {
                if (!isStanding && grant.Condition.Evaluate(input) == Truth.True)
                {
                    isStanding = grant.Issued is null;
                    issued = issued is not { MayBeUsed: true } ? grant : issued;
                }
            }

            if (!isStanding && issued?.Issued is { } elevation && !needed.Exists(g => g.Id == elevation.Id))
            {
                needed.Add(elevation);
            }
        }

        return needed;
    }

    /// <summary>The standing approvals that a call matches, in the order in which they were given.</summary>
    public static IReadOnlyList<IssuedGrant> StandingFor(in ToolCall call)
    {
        var slot = (PolicySlot)call.Resolved;
        var matching = new List<IssuedGrant>();
        if (slot.Standing.Count == 0)
        {
            return matching;
        }

        ConditionInput input = PolicySlot.InputOf(call);
        foreach (CompiledRule rule in slot.Standing)
        {
            if (rule.Condition.Evaluate(input) == Truth.True && rule.MayBeUsed)
            {
                matching.Add(rule.Issued!);
            }
        }

        return matching;
    }
}
