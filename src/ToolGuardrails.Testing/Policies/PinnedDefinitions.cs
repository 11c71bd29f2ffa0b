using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ToolGuardrails.Testing.Policies;

/// <summary>The definitions that a policy pins for its tools. A dry run shows them to the pipeline, as a host does with those of its servers.</summary>
internal static class PinnedDefinitions
{
    private static readonly ConditionalWeakTable<GuardrailPolicy, Dictionary<string, string>> Known = [];

    public static IReadOnlyDictionary<string, string> Of(GuardrailPolicy policy) => Known.GetValue(policy, static p => Read(p));

    private static Dictionary<string, string> Read(GuardrailPolicy policy)
    {
        using var document = JsonDocument.Parse(policy.ToJson());
        var pinned = new Dictionary<string, string>(StringComparer.Ordinal);
        if (document.RootElement.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty tool in tools.EnumerateObject())
            {
                if (tool.Value.TryGetProperty("definition", out JsonElement definition) && definition.ValueKind == JsonValueKind.String)
                {
                    pinned[tool.Name] = definition.GetString()!;
                }
            }
        }

        return pinned;
    }
}
