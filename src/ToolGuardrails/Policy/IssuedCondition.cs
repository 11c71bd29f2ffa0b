using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Which calls a grant that people have given for one exact call lets pass.</summary>
internal sealed class IssuedCondition(IssuedGrant grant, CompiledCondition condition) : CompiledCondition
{
    public override Truth Evaluate(in ConditionInput input) =>
        !grant.Arguments.IsEmpty && !CanonicalJson.Write(input.Arguments.Utf8).AsSpan().SequenceEqual(grant.Arguments.Span) ? Truth.False
        : condition.Evaluate(input);
}
