namespace ToolGuardrails.Tests.Reference;

/// <summary>Gives a random policy what holds besides its rules: budgets, observed agents, required prompts, fields, and who may approve. The loader accepts it still.</summary>
internal sealed class TermsDice(Random dice)
{
    private static readonly string[][] Paths =
    [
        ["id"], ["status"], ["customer"], ["customer", "name"], ["customer", "id"], ["items"], ["items", "id"], ["items", "a.b"], ["a.b"], ["a.b", "name"], ["customer", "items", "name"], ["ID"],
    ];

    /// <summary>The policy with terms.</summary>
    /// <param name="policy">A policy of <see cref="PolicyDice"/>.</param>
    /// <param name="budgets">Whether some tools and agents get budgets.</param>
    public ReferencePolicy Add(ReferencePolicy policy, bool budgets = true)
    {
        int observed = One(0, 0, 10, 85); // A chain is observed only where each of its agents is.
        return policy with
        {
            ReviewApprovers = One(["role:lead"], ["role:lead"], ["subject"], ["subject", "role:lead"], Array.Empty<string>()),
            Tools = [.. policy.Tools.Select(t => t with { Budget = budgets ? Budget() : null })],
            Agents = [.. policy.Agents.Select(a => Agent(a, Chance(observed)) with { Budget = budgets ? Budget() : null })],
        };
    }

    /// <summary>Some paths, now and then none.</summary>
    public string[][] Fields() => Chance(15) ? [] : [.. Paths.Where(_ => Chance(25))];

    private ReferenceAgent Agent(ReferenceAgent agent, bool observes) => agent with
    {
        Observes = observes,
        Tier = observes && agent.Tier == RiskTier.High ? RiskTier.Medium : agent.Tier, // No grant reaches a tool of tier high.
        RequiresPrompt = Chance(20),
        Grants = [.. agent.Grants.Select(g => g with { Fields = Chance(50) ? Fields() : null })],
    };

    private ReferenceBudget? Budget() => Chance(30) ? new ReferenceBudget(dice.Next(1, 7), One(1, 10, 60)) : null;

    private T One<T>(params T[] of) => of[dice.Next(of.Length)];

    private bool Chance(int percent) => dice.Next(100) < percent;
}
