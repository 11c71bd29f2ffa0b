namespace ToolGuardrails.Policy;

/// <summary>Which operator can look at which kind. One that never could would be unknown on every call.</summary>
internal static class OperatorFit
{
    public static bool Fits(ArgumentType type, Comparison comparison) => comparison.Operator switch
    {
        ComparisonOperator.Exists => true,
        _ when type == ArgumentType.Any => true,
        ComparisonOperator.In => comparison.Values.All(v => CanEqual(type, v)),
        ComparisonOperator.Over or ComparisonOperator.Under or ComparisonOperator.Between =>
            type is ArgumentType.Integer or ArgumentType.Number or ArgumentType.Integers or ArgumentType.Numbers,
        _ => type is ArgumentType.String or ArgumentType.Strings,
    };

    public static string Advice(ArgumentType type) => type switch
    {
        ArgumentType.String or ArgumentType.Strings => "use a text with 'equals', 'in', 'startsWith', 'endsWith', 'within', 'host' or 'address'",
        ArgumentType.Integer or ArgumentType.Integers => "use whole numbers without fraction and exponent with 'equals' or 'in', or numbers with 'over', 'under' or 'between'",
        ArgumentType.Number or ArgumentType.Numbers => "use numbers with 'equals', 'in', 'over', 'under' or 'between'",
        ArgumentType.Boolean or ArgumentType.Booleans => "use true or false with 'equals' or 'in'",
        _ => "only 'exists' can look at it",
    };

    public static ArgumentType TypeOf(PolicyValue fact) => fact switch
    {
        NumberValue => ArgumentType.Number,
        BooleanValue => ArgumentType.Boolean,
        _ => ArgumentType.String,
    };

    private static bool CanEqual(ArgumentType type, PolicyValue value) => type switch
    {
        ArgumentType.String or ArgumentType.Strings => value is TextValue,
        ArgumentType.Integer or ArgumentType.Integers => value is NumberValue number && number.Token.Span.IndexOfAny(".eE"u8) < 0,
        ArgumentType.Number or ArgumentType.Numbers => value is NumberValue,
        ArgumentType.Boolean or ArgumentType.Booleans => value is BooleanValue,
        _ => false,
    };
}
