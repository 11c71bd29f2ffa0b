using ToolGuardrails.Tests.Reference;

namespace ToolGuardrails.Tests.Scale;

/// <summary>Random calls for a scaled policy, most of them of tools that some grant of the agent reaches.</summary>
internal sealed class ScaledCalls(ReferencePolicy policy, Random dice)
{
    private readonly CallDice _calls = new(dice);

    public ReferenceCall Next()
    {
        ReferenceAgent agent = One(policy.Agents);
        ReferenceRule grant = One(agent.Grants);
        ReferenceTool[] reached = [.. policy.Tools.Where(grant.Covers)];
        string[] above = [.. Enumerable.Range(0, dice.Next(10) == 0 ? 2 : 0).Select(_ => One(policy.Agents).Name)];
        return _calls.Call(policy with { Tools = [One(reached)] }) with { Agents = [agent.Name, .. above] };
    }

    /// <summary>Whether a decision is the one that is expected.</summary>
    public static bool IsSame(Expected expected, Decision decision) => decision.Effect == expected.Effect
        && (expected.Effect == Effect.Deny ? expected.Reasons.Contains(decision.Code) : decision.Tier == expected.Tier);

    private T One<T>(IReadOnlyList<T> of) => of[dice.Next(of.Count)];
}
