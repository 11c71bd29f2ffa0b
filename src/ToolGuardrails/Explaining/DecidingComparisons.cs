using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>The comparisons that made a condition true, false or undecided, in words.</summary>
/// <remarks>Each part is evaluated by the condition's own compiled form; here is only the walk to the parts that it came down to.</remarks>
internal sealed class DecidingComparisons(ConditionCompiler compiler, IReadOnlyDictionary<string, IReadOnlyList<PolicyValue>> facts)
{
    // Enough for the conditions that people write; the rest is counted.
    private const int MostShown = 3;
    private readonly List<string> _found = [];

    public string Of(Condition condition, bool allElements, in ConditionInput input)
    {
        Add(condition, allElements, negated: false, input);
        int more = _found.Count - MostShown;
        string shown = string.Join("; ", _found.Take(MostShown));
        return more <= 0 ? shown : FormattableString.Invariant($"{shown}; and {more} more {(more == 1 ? "comparison" : "comparisons")}");
    }

    private void Add(Condition condition, bool allElements, bool negated, in ConditionInput input)
    {
        switch (condition)
        {
            case AllCondition all: AddParts(all, all.Parts, decidesTogether: Truth.True, allElements, negated, input); break;
            case AnyCondition any: AddParts(any, any.Parts, decidesTogether: Truth.False, allElements, negated, input); break;
            case NotCondition not: Add(not.Part, !allElements, !negated, input); break;
            case Comparison comparison: _found.Add(Sentence(comparison, allElements, negated, input)); break;
        }
    }

    // An 'all' is true, and an 'any' false, by all of its parts; otherwise the first part that is like the whole decides.
    private void AddParts(Condition whole, IReadOnlyList<Condition> parts, Truth decidesTogether, bool allElements, bool negated, in ConditionInput input)
    {
        Truth truth = TruthOf(whole, allElements, input);
        foreach (Condition part in parts)
        {
            if (truth == decidesTogether || TruthOf(part, allElements, input) == truth)
            {
                Add(part, allElements, negated, input);
                if (truth != decidesTogether)
                {
                    return;
                }
            }
        }
    }

    private Truth TruthOf(Condition condition, bool allElements, in ConditionInput input) => compiler.Compile(condition, allElements).Evaluate(input);

    private string Sentence(Comparison comparison, bool allElements, bool negated, in ConditionInput input)
    {
        string value = ValueText.Of(comparison.Operand, facts, input, out bool isList);

        // Below a 'not' one element is meant where every element is, and the other way round.
        string quantity = !isList || comparison.Operator == ComparisonOperator.Exists ? ""
            : allElements != negated ? " for every element" : " for one element";
        return $"{ValueText.NameOf(comparison.Operand)} is {value}, and the condition wants {OperatorText.Of(comparison, negated)}{quantity}";
    }
}
