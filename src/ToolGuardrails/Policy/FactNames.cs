namespace ToolGuardrails.Policy;

/// <summary>The facts that rules look at or show, apart from those of the session.</summary>
internal static class FactNames
{
    public static void Add(ISet<string> names, IEnumerable<(Condition? Condition, string? Says)> rules)
    {
        foreach ((Condition? condition, string? says) in rules)
        {
            Add(names, condition);
            Add(names, says);
        }
    }

    private static void Add(ISet<string> names, Condition? condition)
    {
        switch (condition)
        {
            case AllCondition all: AddEach(names, all.Parts); break;
            case AnyCondition any: AddEach(names, any.Parts); break;
            case NotCondition not: Add(names, not.Part); break;
            case Comparison { Operand.IsArgument: false } comparison: AddName(names, comparison.Operand.Name); break;
        }
    }

    private static void AddEach(ISet<string> names, IReadOnlyList<Condition> parts)
    {
        foreach (Condition part in parts)
        {
            Add(names, part);
        }
    }

    private static void Add(ISet<string> names, string? says)
    {
        const string Begin = "{ctx.";
        int at = says?.IndexOf(Begin, StringComparison.Ordinal) ?? -1;
        while (at >= 0)
        {
            int end = says!.IndexOf('}', at);
            AddName(names, says[(at + Begin.Length)..end]);
            at = says.IndexOf(Begin, end, StringComparison.Ordinal);
        }
    }

    private static void AddName(ISet<string> names, string name)
    {
        if (name is not ("session" or "subject" or "tenant"))
        {
            names.Add(name);
        }
    }
}
