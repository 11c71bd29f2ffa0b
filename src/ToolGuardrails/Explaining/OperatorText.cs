using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>What a comparison wants, in words.</summary>
internal static class OperatorText
{
    public static string Of(Comparison comparison, bool negated)
    {
        if (comparison.Operator == ComparisonOperator.Exists)
        {
            return ((BooleanValue)comparison.Values[0]).Value != negated ? "it to be there" : "it to be absent";
        }

        string[] values = [.. comparison.Values.Select(ValueText.Of)];
        string any = values.Length == 1 ? values[0] : $"one of {string.Join(", ", values)}";
        string wanted = comparison.Operator switch
        {
            ComparisonOperator.In => any,
            ComparisonOperator.StartsWith => $"a text that begins with {any}",
            ComparisonOperator.EndsWith => $"a text that ends with {any}",
            ComparisonOperator.Over => $"over {any}",
            ComparisonOperator.Under => $"under {any}",
            ComparisonOperator.Between => $"between {values[0]} and {values[1]}",
            ComparisonOperator.Within => $"a plain path within {any}",
            ComparisonOperator.Host => $"a web address on {any}",
            ComparisonOperator.Address => $"one bare mail address at {any}",
            _ => throw new InvalidOperationException($"The operator {comparison.Operator} has no words."),
        };
        return negated ? "not " + wanted : wanted;
    }
}
