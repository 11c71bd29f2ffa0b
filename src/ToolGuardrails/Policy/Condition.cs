namespace ToolGuardrails.Policy;

/// <summary>A parsed condition (docs/policy.md). Null stands for the empty one, which always matches.</summary>
internal abstract record Condition;

/// <summary>Every part holds.</summary>
internal sealed record AllCondition(IReadOnlyList<Condition> Parts) : Condition;

/// <summary>Some part holds.</summary>
internal sealed record AnyCondition(IReadOnlyList<Condition> Parts) : Condition;

/// <summary>The part doesn't hold.</summary>
internal sealed record NotCondition(Condition Part) : Condition;

/// <summary>One operator on one operand.</summary>
/// <param name="Operand">What is looked at.</param>
/// <param name="Operator">How.</param>
/// <param name="Values">What it is compared with: one value, several for <c>in</c>, <c>host</c> and <c>address</c>, two for <c>between</c>.</param>
internal sealed record Comparison(Operand Operand, ComparisonOperator Operator, IReadOnlyList<PolicyValue> Values) : Condition;

/// <summary><c>arg.NAME</c>, what the model wrote, or <c>ctx.NAME</c>, a fact.</summary>
internal sealed record Operand(bool IsArgument, string Name);

/// <summary>The operators (docs/policy.md). <c>equals</c> is <see cref="In"/> with one value.</summary>
internal enum ComparisonOperator
{
    In,
    StartsWith,
    EndsWith,
    Over,
    Under,
    Between,
    Within,
    Host,
    Address,
    Exists,
}
