using System.Text.Json;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>Arguments, as the SDK hands them to handlers.</summary>
internal static class Members
{
    public static Dictionary<string, JsonElement> Of(JsonElement json) =>
        json.EnumerateObject().ToDictionary(static m => m.Name, static m => m.Value, StringComparer.Ordinal);

    public static bool AreEqual(IDictionary<string, JsonElement>? some, IDictionary<string, JsonElement>? others) =>
        (some?.Count ?? 0) == (others?.Count ?? 0)
        && (some is null || others is null || some.All(m => others.TryGetValue(m.Key, out JsonElement other) && JsonElement.DeepEquals(m.Value, other)));
}
