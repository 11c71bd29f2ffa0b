namespace ToolGuardrails.Policy;

/// <summary>What holds for one chain of agents and one tool besides their rules. Equal where nothing of it differs.</summary>
/// <param name="Observes">Whether every agent of the chain is only observed.</param>
/// <param name="PromptLevels">At which levels, from the session's own up, a prompt has to be recorded first; a bit each.</param>
internal sealed record SlotTerms(bool Observes, int PromptLevels)
{
    public static SlotTerms None { get; } = new(Observes: false, PromptLevels: 0);

    /// <summary>The budgets that a call is charged to: of each agent of the chain once, and of the tool.</summary>
    public IReadOnlyList<BudgetCharge> Budgets { get; init; } = [];

    /// <summary>The same counters for calls that were refused or left waiting.</summary>
    public IReadOnlyList<BudgetCharge> RefusedBudgets { get; init; } = [];

    /// <summary>Those counters one by one: each goes as far as it can.</summary>
    public IReadOnlyList<IReadOnlyList<BudgetCharge>> EachRefusedBudget { get; init; } = [];

    public bool HasBudgets => Budgets.Count > 0;

    public bool Equals(SlotTerms? other) =>
        other is not null && Observes == other.Observes && PromptLevels == other.PromptLevels && Budgets.SequenceEqual(other.Budgets);

    public override int GetHashCode() => HashCode.Combine(Observes, PromptLevels, Budgets.Count);

    /// <summary>The terms of a chain and a tool; null stands for an agent or tool that the policy doesn't know. Those that it knows count all the same: a call to a tool that a model invented is a refused call of its agent.</summary>
    public static SlotTerms For(IReadOnlyList<AgentEntry?> agents, ToolEntry? tool)
    {
        int prompts = 0;
        for (int level = 0; level < agents.Count; level++)
        {
            prompts |= agents[level] is { RequiresPrompt: true } ? 1 << level : 0;
        }

        IEnumerable<BudgetCharge> ofAgents = agents.OfType<AgentEntry>().DistinctBy(static a => a.Name).Where(static a => a.Budget is not null).Select(static a => Charge("agent:" + a.Name, a.Budget!));
        BudgetCharge[] ofTool = tool?.Budget is { } budget ? [Charge("tool:" + tool.Info.Id, budget)] : [];
        BudgetCharge[] budgets = [.. ofAgents, .. ofTool];
        BudgetCharge[] refused = [.. budgets.Select(static b => b with { Counter = "refused:" + b.Counter })];
        return new SlotTerms(agents.All(static a => a is { Observes: true }), prompts)
        {
            Budgets = budgets,
            RefusedBudgets = refused,
            EachRefusedBudget = [.. refused.Select(static b => new[] { b })],
        };
    }

    private static BudgetCharge Charge(string counter, Budget budget) => new(counter, budget.Calls, budget.Per);
}
