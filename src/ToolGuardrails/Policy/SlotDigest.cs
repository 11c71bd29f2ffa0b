using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>The digest of the policy members that apply to one chain of agents and one tool: what may change without an approval going stale is left out.</summary>
internal static class SlotDigest
{
    public static byte[] Compute(PolicyModel model, IReadOnlyList<AgentEntry> agents, ToolEntry tool, IReadOnlyList<RiskRule> risks)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteSource(writer, "tool", tool.Source);
            writer.WriteString("id", tool.Info.Id);
            WriteSource(writer, "server", tool.Info.Server is { } server ? model.Servers[server].Source : null);
            WriteFacts(writer, model.Facts);
            WriteSources(writer, "risks", risks.Select(static r => r.Source));
            WriteSources(writer, "deny", model.Deny.Where(d => d.Tools.Matches(tool.Info.Id)).Select(static d => d.Source));
            WriteAgents(writer, agents, tool.Info.Id);
            WriteGates(writer, model.Tiers);
            writer.WriteEndObject();
        }

        return SHA256.HashData(CanonicalJson.Write(buffer.WrittenSpan));
    }

    private static void WriteAgents(Utf8JsonWriter writer, IReadOnlyList<AgentEntry> agents, string toolId)
    {
        writer.WriteStartArray("agents");
        foreach (AgentEntry agent in agents)
        {
            writer.WriteStartObject();
            writer.WriteString("name", agent.Name);
            writer.WriteString("owner", agent.Owner);
            writer.WriteString("tier", agent.Tier.ToString());
            WriteSources(writer, "grants", agent.Grants.Where(g => g.Tools.Matches(toolId)).Select(static g => g.Source));
            WriteSources(writer, "deny", agent.Deny.Where(d => d.Tools.Matches(toolId)).Select(static d => d.Source));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // With the defaults filled in, so that writing a default out changes nothing.
    private static void WriteGates(Utf8JsonWriter writer, IReadOnlyDictionary<RiskTier, TierGate> gates)
    {
        writer.WriteStartArray("tiers");
        foreach ((RiskTier tier, TierGate gate) in gates.OrderBy(static g => g.Key))
        {
            writer.WriteStartObject();
            writer.WriteString("tier", tier.ToString());
            writer.WriteString("approval", gate.Approval.ToString());
            writer.WriteNumber("expires", gate.Expires.Ticks);
            writer.WriteStartArray("approvers");
            foreach (string approver in gate.Approvers)
            {
                writer.WriteStringValue(approver);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFacts(Utf8JsonWriter writer, IReadOnlyDictionary<string, PolicyValue> facts)
    {
        writer.WriteStartObject("facts");
        foreach ((string name, PolicyValue value) in facts)
        {
            writer.WritePropertyName(name);
            PolicyValueJson.Write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter writer, string name, JsonElement? source)
    {
        writer.WritePropertyName(name);
        if (source is { } element)
        {
            element.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void WriteSources(Utf8JsonWriter writer, string name, IEnumerable<JsonElement> sources)
    {
        writer.WriteStartArray(name);
        foreach (JsonElement source in sources)
        {
            source.WriteTo(writer);
        }

        writer.WriteEndArray();
    }
}
