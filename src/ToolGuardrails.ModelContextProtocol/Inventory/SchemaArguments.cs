using System.Text.Json;

namespace ToolGuardrails.ModelContextProtocol.Inventory;

/// <summary>The kinds of a tool's arguments, as a policy declares them, from its JSON Schema.</summary>
internal static class SchemaArguments
{
    private const int LongestName = 128;

    public static IEnumerable<string> Names(JsonElement schema) => Properties(schema) is { } properties ? properties.EnumerateObject().Select(static p => p.Name) : [];

    /// <summary>Name and kind of each argument; null where the schema doesn't list them, or in a way that a policy can't.</summary>
    public static IReadOnlyList<(string Name, string Kind)>? Of(JsonElement schema)
    {
        if (Properties(schema) is not { } properties)
        {
            // An object of which nothing is said has no arguments, unless it says that it has whatever one likes.
            return schema.ValueKind == JsonValueKind.Object && !schema.TryGetProperty("properties", out _) && !IsOpen(schema) ? [] : null;
        }

        HashSet<string> required = schema.TryGetProperty("required", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(static r => r.ValueKind == JsonValueKind.String).Select(static r => r.GetString()!)]
            : [];
        (string Name, string Kind)[] kinds = [.. properties.EnumerateObject().Select(p => (p.Name, KindOf(p.Value, required.Contains(p.Name))))];
        bool isDeclarable = kinds.All(static k => k.Name.Length is > 0 and <= LongestName && !k.Name.Any(char.IsControl)) && kinds.DistinctBy(static k => k.Name, StringComparer.OrdinalIgnoreCase).Count() == kinds.Length;
        return isDeclarable ? kinds : null;
    }

    private static JsonElement? Properties(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object ? properties : null;

    // Combined or conditional schemas may name arguments that aren't listed here.
    private static bool IsOpen(JsonElement schema) =>
        schema.EnumerateObject().Any(static m => m.Name is "allOf" or "anyOf" or "oneOf" or "$ref" or "if" or "patternProperties" || (m.Name == "additionalProperties" && m.Value.ValueKind != JsonValueKind.False));

    private static string KindOf(JsonElement property, bool required)
    {
        (string kind, bool nullable) = FromType(property);
        return kind + (required && !nullable ? "" : "?");
    }

    private static (string Kind, bool Nullable) FromType(JsonElement property)
    {
        if (property.ValueKind != JsonValueKind.Object)
        {
            return ("any", true);
        }

        if (!property.TryGetProperty("type", out JsonElement type))
        {
            return FromAlternatives(property);
        }

        string?[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(Text)] : [Text(type)];
        string?[] kinds = [.. types.Where(static t => t != "null")];
        return (kinds is [string only] ? Word(only, property) : "any", kinds.Length < types.Length);
    }

    // One thing or null, as generators write an optional argument; anything else may be anything.
    private static (string Kind, bool Nullable) FromAlternatives(JsonElement property)
    {
        JsonElement[] all = (property.TryGetProperty("anyOf", out JsonElement any) || property.TryGetProperty("oneOf", out any)) && any.ValueKind == JsonValueKind.Array ? [.. any.EnumerateArray()] : [];
        JsonElement[] some = [.. all.Where(static a => a.ValueKind != JsonValueKind.Object || !a.TryGetProperty("type", out JsonElement type) || Text(type) != "null")];
        return some is [{ ValueKind: JsonValueKind.Object } only] && all.Length == 2 && only.TryGetProperty("type", out _) ? (FromType(only).Kind, true) : ("any", true);
    }

    private static string Word(string type, JsonElement property) => type switch
    {
        "string" or "integer" or "number" or "boolean" or "object" => type,
        "array" => property.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Object && items.TryGetProperty("type", out JsonElement item)
            && Text(item) is "string" or "integer" or "number" or "boolean" or "object" ? Text(item) + "[]" : "array",
        _ => "any",
    };

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
