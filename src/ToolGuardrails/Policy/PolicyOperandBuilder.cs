using System.Text.Json.Nodes;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Says what has to hold for an argument or fact; one method for each operator of docs/policy.md.</summary>
public sealed class PolicyOperandBuilder
{
    private readonly PolicyConditionBuilder _condition;
    private readonly string _operand;

    internal PolicyOperandBuilder(PolicyConditionBuilder condition, string operand)
    {
        _condition = condition;
        _operand = operand;
    }

    /// <summary>Is exactly this (<c>equals</c>).</summary>
    /// <param name="value">The value.</param>
    public PolicyConditionBuilder EqualTo(PolicyScalar value) => Compare("equals", value.ToJson());

    /// <summary>Is one of these (<c>in</c>).</summary>
    /// <param name="values">The values, at least one.</param>
    public PolicyConditionBuilder In(params PolicyScalar[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Compare("in", new JsonArray([.. values.Select(static v => v.ToJson())]));
    }

    /// <summary>Begins with this text. Not for paths, addresses or commands: use <see cref="Within"/>, <see cref="Host(string)"/> or <see cref="Address(string)"/>.</summary>
    /// <param name="text">The text, not empty.</param>
    public PolicyConditionBuilder StartsWith(string text) => Compare("startsWith", text);

    /// <summary>Ends with this text. Not for recipients: use <see cref="Address(string)"/>.</summary>
    /// <param name="text">The text, not empty.</param>
    public PolicyConditionBuilder EndsWith(string text) => Compare("endsWith", text);

    /// <summary>Is greater than this.</summary>
    /// <param name="number">The number.</param>
    public PolicyConditionBuilder Over(decimal number) => Compare("over", number);

    /// <summary>Is less than this.</summary>
    /// <param name="number">The number.</param>
    public PolicyConditionBuilder Under(decimal number) => Compare("under", number);

    /// <summary>Lies between these two; both belong to the range.</summary>
    /// <param name="low">The lower one.</param>
    /// <param name="high">The higher one.</param>
    public PolicyConditionBuilder Between(decimal low, decimal high) => Compare("between", new JsonArray(low, high));

    /// <summary>Is a plain absolute path of this folder or below it. About the text only: the tool still has to open it without following links.</summary>
    /// <param name="folder">The folder, such as <c>/srv/data</c>.</param>
    public PolicyConditionBuilder Within(string folder) => Compare("within", folder);

    /// <summary>Is an http or https address on exactly this host.</summary>
    /// <param name="host">The host.</param>
    public PolicyConditionBuilder Host(string host) => Compare("host", host);

    /// <summary>Is an http or https address on one of these hosts.</summary>
    /// <param name="hosts">The hosts, at least one.</param>
    public PolicyConditionBuilder Host(IEnumerable<string> hosts) => Compare("host", PolicyDraft.Texts(hosts));

    /// <summary>Is exactly one bare mail address of this domain.</summary>
    /// <param name="domain">The domain.</param>
    public PolicyConditionBuilder Address(string domain) => Compare("address", domain);

    /// <summary>Is exactly one bare mail address of one of these domains.</summary>
    /// <param name="domains">The domains, at least one.</param>
    public PolicyConditionBuilder Address(IEnumerable<string> domains) => Compare("address", PolicyDraft.Texts(domains));

    /// <summary>Is there and not null, or isn't.</summary>
    /// <param name="exists">Which of the two.</param>
    public PolicyConditionBuilder Exists(bool exists = true) => Compare("exists", exists);

    private PolicyConditionBuilder Compare(string op, JsonNode? value) => _condition.Compare(_operand, op, value);
}
