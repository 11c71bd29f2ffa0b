using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>What a condition may look at: the arguments, and the facts of one agent, the session and the tool.</summary>
internal sealed record ReferenceFacts(JsonElement Arguments, IReadOnlyDictionary<string, string[]> Context)
{
    /// <summary>The values of an operand: null where it is absent or null, the elements where it is a list, one value otherwise.</summary>
    public IReadOnlyList<JsonElement>? ValuesOf(string operand)
    {
        string name = operand[4..];
        if (operand.StartsWith("ctx.", StringComparison.Ordinal))
        {
            string[] values = Context.GetValueOrDefault(name, []);
            return values.Length == 0 ? null : [.. values.Select(static v => JsonElement.Parse(v))];
        }

        return !Arguments.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()]
            : [value];
    }
}
