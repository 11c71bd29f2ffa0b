using System.Text.Json.Nodes;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Writes a condition: what stands side by side in it is joined by <i>and</i> (docs/policy.md). Not every condition that can be written is accepted: the policy's reader says what is wrong, with its JSON path.</summary>
public sealed class PolicyConditionBuilder
{
    private readonly PolicyDraft _draft = new("a condition");

    internal PolicyConditionBuilder()
    {
    }

    /// <summary>Looks at an argument, which the model wrote. The rest is said by the operator behind it.</summary>
    /// <param name="name">The argument's name.</param>
    public PolicyOperandBuilder Argument(string name) => Operand("arg.", name);

    /// <summary>Looks at a fact, which the model can't write.</summary>
    /// <param name="name">The fact's name, such as <c>environment</c>, <c>tenant</c> or <c>agent</c>.</param>
    public PolicyOperandBuilder Fact(string name) => Operand("ctx.", name);

    /// <summary>Every one of these conditions holds.</summary>
    /// <param name="conditions">The conditions, none of them empty.</param>
    public PolicyConditionBuilder All(params Action<PolicyConditionBuilder>[] conditions) => Combine("all", conditions);

    /// <summary>At least one of these conditions holds.</summary>
    /// <param name="conditions">The conditions, none of them empty.</param>
    public PolicyConditionBuilder Any(params Action<PolicyConditionBuilder>[] conditions) => Combine("any", conditions);

    /// <summary>This condition doesn't hold. What can't be decided stays undecided.</summary>
    /// <param name="condition">The condition, which isn't empty.</param>
    public PolicyConditionBuilder Not(Action<PolicyConditionBuilder> condition)
    {
        _draft.Set("not", Write(condition));
        return this;
    }

    internal static JsonObject Write(Action<PolicyConditionBuilder> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var builder = new PolicyConditionBuilder();
        condition(builder);
        return builder._draft.Json;
    }

    internal PolicyConditionBuilder Compare(string operand, string op, JsonNode? value)
    {
        _draft.SetEntry(operand, op, value);
        return this;
    }

    private PolicyOperandBuilder Operand(string prefix, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new(this, prefix + name);
    }

    private PolicyConditionBuilder Combine(string word, Action<PolicyConditionBuilder>[] conditions)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        _draft.Set(word, new JsonArray([.. conditions.Select(static c => (JsonNode)Write(c))]));
        return this;
    }
}
