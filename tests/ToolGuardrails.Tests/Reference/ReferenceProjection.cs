using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>What of a result passes: each agent in turn, from the session's own up, takes out what its paths don't name.</summary>
internal sealed class ReferenceProjection
{
    private int _dropped;

    /// <summary>Projects a result.</summary>
    /// <param name="result">JSON.</param>
    /// <param name="fields">The paths of each agent that passes only some fields.</param>
    /// <returns>What passes, null where the result has no fields; and how many values were taken out.</returns>
    public static (string? Json, int Dropped) Apply(string result, IEnumerable<string[][]> fields)
    {
        var projection = new ReferenceProjection();
        foreach (string[][] paths in fields)
        {
            JsonElement value = JsonElement.Parse(result);
            if (!HasFields(value))
            {
                return (null, 0);
            }

            result = projection.Passing(value, paths);
        }

        return (result, projection._dropped);
    }

    /// <summary>Whether one JSON text has nothing that the other hasn't in the same place. An element of a list may have lost others before it.</summary>
    public static bool IsWithin(JsonElement less, JsonElement more) => less.ValueKind == more.ValueKind && less.ValueKind switch
    {
        JsonValueKind.Object => less.EnumerateObject().All(m => more.TryGetProperty(m.Name, out JsonElement other) && IsWithin(m.Value, other)),
        JsonValueKind.Array => less.EnumerateArray().Aggregate(
            (IEnumerable<JsonElement>?)more.EnumerateArray(),
            static (left, element) => left?.SkipWhile(e => !IsWithin(element, e)).ToList() is [_, .. var rest] ? rest : null) is not null,
        _ => JsonElement.DeepEquals(less, more),
    };

    private string Passing(JsonElement value, string[][] paths) => value.ValueKind == JsonValueKind.Object
        ? "{" + string.Join(',', value.EnumerateObject().Select(m => Member(m, paths)).OfType<string>()) + "}"
        : "[" + string.Join(',', value.EnumerateArray().Select(e => Element(e, paths)).OfType<string>()) + "]";

    // A path that ends here passes the whole value; one that goes on passes nothing of a text, a number or null.
    private string? Member(JsonProperty member, string[][] paths)
    {
        string[][] below = [.. paths.Where(p => p[0] == member.Name).Select(static p => p[1..])];
        return below.Any(static p => p.Length == 0) ? $"{JsonSerializer.Serialize(member.Name)}:{member.Value.GetRawText()}"
            : below.Length > 0 && HasFields(member.Value) ? $"{JsonSerializer.Serialize(member.Name)}:{Passing(member.Value, below)}"
            : Dropped();
    }

    // Lists are looked through.
    private string? Element(JsonElement element, string[][] paths) => paths.Length > 0 && HasFields(element) ? Passing(element, paths) : Dropped();

    private string? Dropped()
    {
        _dropped++;
        return null;
    }

    private static bool HasFields(JsonElement value) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
}
