using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Which calls pass because of a grant that people have given for a while: those that its condition and its exact arguments let pass, while it lasts.</summary>
internal sealed class IssuedCondition(IssuedGrant grant, CompiledCondition condition, Func<IssuedGrant, bool> isUsable) : CompiledCondition
{
    public override Truth Evaluate(in ConditionInput input) =>
        !isUsable(grant) ? Truth.False
        : !grant.Arguments.IsEmpty && !CanonicalJson.Write(input.Arguments.Utf8).AsSpan().SequenceEqual(grant.Arguments.Span) ? Truth.False
        : condition.Evaluate(input);
}
