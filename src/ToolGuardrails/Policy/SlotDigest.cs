using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>The digest of the policy members that apply to one chain of agents and one tool: what may change without an approval going stale is left out.</summary>
internal static class SlotDigest
{
    /// <summary>Computes the digest.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="agents">From the session's own to the root's.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="risks">The risks that concern the tool.</param>
    /// <param name="facts">The facts that hold for each agent and the tool, in the order of the agents.</param>
    public static byte[] Compute(PolicyModel policy, IReadOnlyList<AgentEntry> agents, ToolEntry tool, IReadOnlyList<RiskRule> risks, IReadOnlyDictionary<string, IReadOnlyList<PolicyValue>> facts)
    {
        DenyRule[] denies = [.. policy.DeniesOn(tool)];
        var named = new SortedSet<string>(StringComparer.Ordinal);
        FactNames.Add(named, risks.Select(static r => (r.When, r.Says)));
        FactNames.Add(named, denies.Concat(agents.SelectMany(a => a.DeniesOn(tool))).Select(static d => (d.Where, d.Says)));
        FactNames.Add(named, agents.SelectMany(a => a.GrantsOf(tool)).Select(static g => (g.Where, (string?)null)));
        FactNames.Add(named, agents.SelectMany(a => a.EligibleOf(tool)).Select(static e => (e.Where, (string?)null)));
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteSource(writer, "tool", tool.Source);
            writer.WriteString("id", tool.Info.Id);
            WriteFacts(writer, named, facts);
            WriteSources(writer, "risks", risks.Select(static r => r.Source));
            WriteSources(writer, "deny", denies.Select(static d => d.Source));
            WriteAgents(writer, agents, tool);
            WriteGates(writer, policy.Tiers, tool.Info.Tier);
            writer.WriteEndObject();
        }

        return SHA256.HashData(CanonicalJson.Write(buffer.WrittenSpan));
    }

    private static void WriteAgents(Utf8JsonWriter writer, IReadOnlyList<AgentEntry> agents, ToolEntry tool)
    {
        writer.WriteStartArray("agents");
        foreach (AgentEntry agent in agents)
        {
            writer.WriteStartObject();
            writer.WriteString("name", agent.Name);
            writer.WriteString("owner", agent.Owner);
            writer.WriteString("tier", Word(agent.Tier));
            WriteSources(writer, "grants", agent.GrantsOf(tool).Select(static g => g.Source));
            WriteSources(writer, "deny", agent.DeniesOn(tool).Select(static d => d.Source));
            EligibleRule[] eligible = [.. agent.EligibleOf(tool)];
            if (eligible.Length > 0)
            {
                WriteSources(writer, "eligible", eligible.Select(static e => e.Source));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // The gates that a call of this tool can meet, with the defaults filled in, so that writing a default out changes nothing.
    private static void WriteGates(Utf8JsonWriter writer, IReadOnlyDictionary<RiskTier, TierGate> gates, RiskTier lowest)
    {
        writer.WriteStartArray("tiers");
        foreach ((RiskTier tier, TierGate gate) in gates.Where(g => g.Key >= lowest).OrderBy(static g => g.Key))
        {
            writer.WriteStartObject();
            writer.WriteString("tier", Word(tier));
            writer.WriteString("approval", Word(gate.Approval));
            writer.WriteNumber("expires", (long)gate.Expires.TotalSeconds);
            OwnJson.WriteTexts(writer, "approvers", gate.Approvers);
            WriteFurther(writer, gate);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // These came to have an effect later than the others: where they aren't used, a digest is what it was before.
    private static void WriteFurther(Utf8JsonWriter writer, TierGate gate)
    {
        if (gate.Quorum != 1)
        {
            writer.WriteNumber("quorum", gate.Quorum);
        }

        if (gate.NeedsComment)
        {
            writer.WriteBoolean("comment", true);
        }

        if (gate.Escalation is { } escalation)
        {
            writer.WriteStartObject("escalate");
            writer.WriteNumber("after", (long)escalation.After.TotalSeconds);
            OwnJson.WriteTexts(writer, "to", escalation.To);
            writer.WriteEndObject();
        }
    }

    private static void WriteFacts(Utf8JsonWriter writer, IEnumerable<string> named, IReadOnlyDictionary<string, IReadOnlyList<PolicyValue>> facts)
    {
        writer.WriteStartObject("facts");
        foreach (string name in named)
        {
            writer.WriteStartArray(name);
            foreach (PolicyValue value in facts.GetValueOrDefault(name) ?? [])
            {
                PolicyValueJson.Write(writer, value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    // The policy's own words: a name in the source code may change, the digest may not.
    private static string Word(RiskTier tier) => tier switch
    {
        RiskTier.Low => "low",
        RiskTier.Medium => "medium",
        _ => "high",
    };

    private static string Word(ApprovalGate gate) => gate switch
    {
        ApprovalGate.None => "none",
        ApprovalGate.Review => "review",
        _ => "perCall",
    };

    private static void WriteSource(Utf8JsonWriter writer, string name, JsonElement source)
    {
        writer.WritePropertyName(name);
        source.WriteTo(writer);
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
