using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ToolGuardrails.Testing.Policies;

/// <summary>What a policy wants of a host before it allows a call: the definitions that it pins have to be shown, and the prompts that it asks for recorded. A test asks about the policy, so both are done for it.</summary>
internal sealed class HostDuties
{
    private static readonly ConditionalWeakTable<GuardrailPolicy, HostDuties> Known = [];
    private readonly Dictionary<string, string> _definitions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _agentsWithPrompt = new(StringComparer.Ordinal);

    private HostDuties(GuardrailPolicy policy)
    {
        using var document = JsonDocument.Parse(policy.ToJson());
        foreach (JsonProperty tool in Members(document.RootElement, "tools"))
        {
            if (tool.Value.TryGetProperty("definition", out JsonElement definition) && definition.ValueKind == JsonValueKind.String)
            {
                _definitions[tool.Name] = definition.GetString()!;
            }
        }

        foreach (JsonProperty agent in Members(document.RootElement, "agents"))
        {
            if (agent.Value.TryGetProperty("requirePrompt", out JsonElement required) && required.ValueKind == JsonValueKind.True)
            {
                _agentsWithPrompt.Add(agent.Name);
            }
        }
    }

    public static HostDuties Of(GuardrailPolicy policy) => Known.GetValue(policy, static p => new HostDuties(p));

    /// <summary>Shows the pinned definitions.</summary>
    public void ShowDefinitions(GuardrailPipeline pipeline)
    {
        foreach ((string tool, string pinned) in _definitions)
        {
            pipeline.ObserveDefinition(tool, pinned);
        }
    }

    /// <summary>Records a prompt where one is asked for. Only there, because a record is waited for.</summary>
    public ValueTask RecordPromptAsync(AgentSession session) =>
        _agentsWithPrompt.Contains(session.Identity.Agent) ? session.RecordPromptAsync("A test's prompt.") : default;

    private static JsonElement.ObjectEnumerator Members(JsonElement policy, string name) =>
        policy.TryGetProperty(name, out JsonElement map) && map.ValueKind == JsonValueKind.Object ? map.EnumerateObject() : default;
}
