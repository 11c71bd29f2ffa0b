namespace ToolGuardrails.Policy;

/// <summary>Checks a <c>budget</c> of a tool or agent. An empty one stands for none; any other has no effect yet and is refused.</summary>
internal static class BudgetReader
{
    public static void Check(PolicyObject owner)
    {
        if (owner["budget"] is not { } node || PolicyObject.Read(node, owner.Errors, PolicyMembers.Budget) is not { } budget)
        {
            return;
        }

        int? calls = budget.Count("calls");
        TimeSpan? per = PolicyWords.Duration(budget, "per");
        if (calls is not null && per is not null)
        {
            owner.Errors.AddNotSupported(node, "A budget", "remove it, and limit the calls in the host");
        }
        else if (budget["calls"] is null != budget["per"] is null)
        {
            owner.Errors.Add(node, $"A budget needs both 'calls' and 'per'; add '{(budget["calls"] is null ? "calls" : "per")}'.");
        }
    }
}
