namespace ToolGuardrails.Policy;

/// <summary>Resolves a condition for one agent and one tool.</summary>
/// <param name="declared">The tool's declared arguments, in the order of their places.</param>
/// <param name="facts">The facts that hold for this agent and tool; the session's own are looked up per call.</param>
internal sealed class ConditionCompiler(IReadOnlyList<string> declared, IReadOnlyDictionary<string, IReadOnlyList<PolicyValue>> facts)
{
    /// <summary>Compiles a condition.</summary>
    /// <param name="condition">Null matches always.</param>
    /// <param name="allElements">For arrays: true in a grant, where all elements have to match; false in a deny or risk, where one is enough. It turns round below each <c>not</c>, so that a grant never passes, and a deny never misses, because of one element.</param>
    public CompiledCondition Compile(Condition? condition, bool allElements) => condition switch
    {
        null => ConstantCondition.Always,
        AllCondition all => Fold(new CompiledAll(Compile(all.Parts, allElements)), all.Parts.Count),
        AnyCondition any => Fold(new CompiledAny(Compile(any.Parts, allElements)), any.Parts.Count),
        NotCondition not => new CompiledNot(Compile(not.Part, !allElements)),
        Comparison comparison => Compile(comparison, allElements),
        _ => throw new InvalidOperationException($"A condition of type {condition.GetType().Name} has no compiled form."),
    };

    private static CompiledCondition Fold(CompiledCondition compiled, int parts) =>
        parts > 0 ? compiled : throw new InvalidOperationException("An empty all or any got past the loader.");

    private CompiledCondition[] Compile(IReadOnlyList<Condition> parts, bool allElements) =>
        [.. parts.Select(p => Compile(p, allElements))];

    private CompiledCondition Compile(Comparison comparison, bool allElements)
    {
        string name = comparison.Operand.Name;
        if (comparison.Operand.IsArgument)
        {
            int place = declared.IndexOf(name);
            return place >= 0
                ? new ArgumentComparison(place, comparison, allElements)
                : throw new InvalidOperationException($"The condition names the argument '{name}', which the tool doesn't declare; the loader should have refused it.");
        }

        return name is "session" or "subject" or "tenant"
            ? new SessionComparison(name, comparison)
            : new ConstantCondition(OfFact(comparison, facts.GetValueOrDefault(name), allElements));
    }

    private static Truth OfFact(Comparison comparison, IReadOnlyList<PolicyValue>? values, bool allElements)
    {
        bool present = values is { Count: > 0 };
        if (comparison.Operator == ComparisonOperator.Exists)
        {
            return ScalarComparison.From(present == ((BooleanValue)comparison.Values[0]).Value);
        }

        if (!present)
        {
            return Truth.Unknown;
        }

        IEnumerable<Truth> truths = values!.Select(v => OfValue(comparison, v));
        return allElements ? truths.Min() : truths.Max();
    }

    private static Truth OfValue(Comparison comparison, PolicyValue value) => value switch
    {
        TextValue text => ScalarComparison.EvaluateText(comparison, text.Utf8.Span),
        NumberValue number => ScalarComparison.EvaluateNumber(comparison, number.Token.Span),
        BooleanValue truth => ScalarComparison.EvaluateBoolean(comparison, truth.Value),
        _ => Truth.Unknown,
    };
}

file static class ListSearch
{
    public static int IndexOf(this IReadOnlyList<string> list, string name)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (string.Equals(list[i], name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
