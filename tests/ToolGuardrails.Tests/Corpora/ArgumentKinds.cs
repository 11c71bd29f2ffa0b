using System.Text.Json;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>The kinds that a policy declares, from a JSON Schema or from calls.</summary>
internal static class ArgumentKinds
{
    /// <summary>From the schema's properties: its types as our kinds; <c>?</c> where the property isn't required or may be null; <c>any</c> where the schema says no single type.</summary>
    /// <returns>Null where the schema doesn't list properties, or lists names that a policy can't.</returns>
    public static IReadOnlyDictionary<string, string>? FromSchema(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out JsonElement properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        HashSet<string> required = schema.TryGetProperty("required", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(static r => r.GetString()!)]
            : [];
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            (string kind, bool nullable) = FromType(property.Value);
            kinds[property.Name] = kind + (nullable || !required.Contains(property.Name) ? "?" : "");
        }

        return Declarable(kinds);
    }

    /// <summary>From the arguments of a tool's calls: the kind that all values share, otherwise <c>any</c>; <c>?</c> where a call does without.</summary>
    public static IReadOnlyDictionary<string, string>? FromCalls(IReadOnlyList<JsonElement> calls)
    {
        var seen = new Dictionary<string, List<JsonElement>>(StringComparer.Ordinal);
        foreach (JsonProperty member in calls.Where(static c => c.ValueKind == JsonValueKind.Object).SelectMany(static c => c.EnumerateObject()))
        {
            if (!seen.TryGetValue(member.Name, out List<JsonElement>? values))
            {
                seen[member.Name] = values = [];
            }

            values.Add(member.Value);
        }

        return Declarable(seen.ToDictionary(
            static s => s.Key,
            s =>
            {
                string[] kinds = [.. s.Value.Where(static v => v.ValueKind != JsonValueKind.Null).Select(KindOf).Distinct()];
                bool optional = s.Value.Count < calls.Count || s.Value.Exists(static v => v.ValueKind == JsonValueKind.Null);
                return (kinds.Length == 1 ? kinds[0] : "any") + (optional ? "?" : "");
            },
            StringComparer.Ordinal));
    }

    private static Dictionary<string, string>? Declarable(Dictionary<string, string> kinds) =>
        kinds.Keys.All(static n => n.Length is > 0 and <= 128) && kinds.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() == kinds.Count ? kinds : null;

    private static (string Kind, bool Nullable) FromType(JsonElement property)
    {
        if (property.ValueKind != JsonValueKind.Object || !property.TryGetProperty("type", out JsonElement type))
        {
            return ("any", true);
        }

        string[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(static t => t.GetString()!)] : [type.GetString()!];
        string[] kinds = [.. types.Where(static t => t != "null")];
        return (kinds is [string only] ? Word(only, property) : "any", kinds.Length < types.Length);
    }

    private static string Word(string type, JsonElement property) => type switch
    {
        "string" or "integer" or "number" or "boolean" or "object" => type,
        "array" => property.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Object
            && items.TryGetProperty("type", out JsonElement item) && item.ValueKind == JsonValueKind.String
            && item.GetString() is "string" or "integer" or "number" or "boolean" or "object" ? item.GetString() + "[]" : "array",
        _ => "any",
    };

    private static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.GetRawText().AsSpan().IndexOfAny("eE.") < 0 ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
