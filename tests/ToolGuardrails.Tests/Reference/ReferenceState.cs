namespace ToolGuardrails.Tests.Reference;

/// <summary>What a host remembers besides its policy: what is suspended, how many calls were counted, and what time it is.</summary>
internal sealed class ReferenceState
{
    private readonly Dictionary<string, (TimeSpan Began, int Count)> _counters = [];

    public List<SuspensionTarget> Suspended { get; } = [];

    public TimeSpan Now { get; set; }

    /// <summary>The codes of the suspensions that concern a call. An agent's concerns every session below one of that agent's.</summary>
    public IEnumerable<string> SuspensionsOf(ReferenceCall call, ReferenceTool? tool) => Suspended.Where(s => s.Kind switch
    {
        SuspensionKind.All => true,
        SuspensionKind.Agent => call.Agents.Contains(s.Name),
        SuspensionKind.Tool => call.Tool == s.Name,
        SuspensionKind.Server => tool is { OnServer: true } && s.Name == "s",
        _ => call.Tenant == s.Name,
    }).Select(static s => s.Kind switch
    {
        SuspensionKind.All => DecisionCodes.SuspensionAll,
        SuspensionKind.Agent => DecisionCodes.SuspensionAgent,
        SuspensionKind.Tool => DecisionCodes.SuspensionTool,
        SuspensionKind.Server => DecisionCodes.SuspensionServer,
        _ => DecisionCodes.SuspensionTenant,
    });

    /// <summary>Whether a budget that the call is charged to is used up.</summary>
    public bool IsUsedUp(ReferencePolicy policy, ReferenceCall call) => Budgets(policy, call).Any(b => Used(b.Counter, b.Budget) >= b.Budget.Calls);

    /// <summary>Whether as many calls were refused, or left waiting, as one of those budgets has.</summary>
    public bool AreRefusalsUsedUp(ReferencePolicy policy, ReferenceCall call) => Budgets(policy, call).Any(b => Used("refused " + b.Counter, b.Budget) >= b.Budget.Calls);

    /// <summary>Counts a call that runs, in each of its budgets or in none of them.</summary>
    public void Count(ReferencePolicy policy, ReferenceCall call)
    {
        if (!IsUsedUp(policy, call))
        {
            foreach ((string counter, ReferenceBudget budget) in Budgets(policy, call))
            {
                Increase(counter, budget);
            }
        }
    }

    /// <summary>Counts a call that doesn't run, in each of the counters for those that has room.</summary>
    public void CountRefused(ReferencePolicy policy, ReferenceCall call)
    {
        foreach ((string counter, ReferenceBudget budget) in Budgets(policy, call))
        {
            if (Used("refused " + counter, budget) < budget.Calls)
            {
                Increase("refused " + counter, budget);
            }
        }
    }

    public override string ToString() =>
        $"at {Now}, suspended: {string.Join(", ", Suspended)}; counted: {string.Join(", ", _counters.Select(static c => $"{c.Key} {c.Value.Count} since {c.Value.Began}"))}";

    // Each agent of the chain once, and the tool.
    private static IEnumerable<(string Counter, ReferenceBudget Budget)> Budgets(ReferencePolicy policy, ReferenceCall call) =>
        call.Agents.Distinct().SelectMany(a => policy.Agents.Where(p => p.Name == a)).Select(static a => ("agent " + a.Name, a.Budget))
            .Concat(policy.Tools.Where(t => t.Id == call.Tool).Select(static t => ("tool " + t.Id, t.Budget)))
            .Where(static b => b.Budget is not null).Select(static b => (b.Item1, b.Budget!));

    private void Increase(string counter, ReferenceBudget budget) =>
        _counters[counter] = Used(counter, budget) is var used and > 0 ? (_counters[counter].Began, used + 1) : (Now, 1);

    private int Used(string counter, ReferenceBudget budget) =>
        _counters.TryGetValue(counter, out (TimeSpan Began, int Count) known) && Now - known.Began < budget.Per ? known.Count : 0;
}
