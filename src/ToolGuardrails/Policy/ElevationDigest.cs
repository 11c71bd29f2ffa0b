using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>The digest of the policy members that an elevation comes from: another entry, agent or gate, and what people have given is void.</summary>
internal static class ElevationDigest
{
    public static byte[] Compute(PolicyModel model, AgentEntry agent, EligibleRule entry)
    {
        TierGate gate = model.GateOf(entry);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("agent", agent.Name);
            json.WriteString("owner", agent.Owner);
            json.WriteNumber("tier", (int)agent.Tier);
            json.WritePropertyName("eligible");
            entry.Source.WriteTo(json);
            json.WriteNumber("gate", (int)gate.Approval);
            json.WriteNumber("quorum", gate.Quorum);
            json.WriteBoolean("comment", gate.NeedsComment);
            OwnJson.WriteTexts(json, "approvers", gate.Approvers);
            if (gate.Escalation is { } escalation)
            {
                json.WriteNumber("after", escalation.After.Ticks);
                OwnJson.WriteTexts(json, "to", escalation.To);
            }

            json.WriteEndObject();
        }

        return SHA256.HashData(CanonicalJson.Write(buffer.WrittenSpan));
    }
}
