namespace ToolGuardrails.Policy;

/// <summary>How many calls there may be in one span of time.</summary>
internal sealed record Budget(int Calls, TimeSpan Per);

/// <summary>Reads a <c>budget</c> of a tool or agent. An empty one stands for none.</summary>
internal static class BudgetReader
{
    public static Budget? Read(PolicyObject owner)
    {
        if (owner["budget"] is not { } node || PolicyObject.Read(node, owner.Errors, PolicyMembers.Budget) is not { } budget)
        {
            return null;
        }

        int? calls = budget.Count("calls");
        TimeSpan? per = PolicyWords.Duration(budget, "per");
        if (budget["calls"] is null != budget["per"] is null)
        {
            owner.Errors.Add(node, $"A budget needs both 'calls' and 'per'; add '{(budget["calls"] is null ? "calls" : "per")}'.");
        }

        return calls is { } most && per is { } span ? new Budget(most, span) : null;
    }
}
