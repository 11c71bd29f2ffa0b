using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>An explanation as JSON: the same facts as its text.</summary>
internal static class ExplanationJson
{
    public static void Write(Utf8JsonWriter json, GuardrailPolicy policy, PolicyExplanation explanation)
    {
        json.WriteString("policy", policy.Name);
        json.WriteString("digest", policy.Digest);
        json.WriteString("tool", explanation.Tool);
        JsonOutput.WriteTexts(json, "agents", explanation.Agents);
        json.WriteString("effect", JsonOutput.Word(explanation.Effect));
        json.WriteString("mode", JsonOutput.Word(explanation.Mode));
        json.WriteBoolean("let_through", explanation.IsLetThrough);
        json.WriteString("code", explanation.Code);
        json.WriteString("reason", explanation.Reason);
        json.WriteString("tier", explanation.Tier == RiskTier.Unclassified ? null : JsonOutput.Word(explanation.Tier));
        json.WriteString("gate", explanation.Gate == ApprovalGate.Unspecified ? null : JsonOutput.Word(explanation.Gate));
        JsonOutput.WriteTexts(json, "approvers", explanation.Approvers);
        json.WriteNumber("quorum", explanation.Quorum);
        json.WriteBoolean("comment", explanation.NeedsComment);
        WriteEscalation(json, explanation.Escalation);
        json.WriteStartArray("elevations");
        foreach (PossibleElevation elevation in explanation.Elevations)
        {
            WriteElevation(json, elevation);
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (PolicyRuleFinding finding in explanation.Findings)
        {
            WriteFinding(json, finding);
        }

        json.WriteEndArray();
        json.WriteNumber("other_rules", explanation.OtherRules);
    }

    private static void WriteEscalation(Utf8JsonWriter json, ApprovalEscalation? escalation)
    {
        if (escalation is null)
        {
            json.WriteNull("escalate");
            return;
        }

        json.WriteStartObject("escalate");
        json.WriteNumber("after_seconds", (long)escalation.After.TotalSeconds);
        JsonOutput.WriteTexts(json, "to", escalation.To);
        json.WriteEndObject();
    }

    private static void WriteElevation(Utf8JsonWriter json, PossibleElevation elevation)
    {
        json.WriteStartObject();
        json.WriteString("rule", elevation.Rule.Id);
        json.WriteString("path", elevation.Rule.Path);
        json.WriteString("agent", elevation.Agent);
        json.WriteNumber("for_seconds", (long)elevation.For.TotalSeconds);
        json.WriteNumber("uses", elevation.Uses);
        JsonOutput.WriteTexts(json, "approvers", elevation.Approvers);
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, PolicyRuleFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("rule", finding.Rule.Id);
        json.WriteString("kind", JsonOutput.Word(finding.Rule.Kind));
        json.WriteString("path", finding.Rule.Path);
        json.WriteString("tools", finding.Rule.Tools);
        json.WriteString("agent", finding.Agent);
        json.WriteString("match", JsonOutput.Word(finding.Match));
        json.WriteBoolean("counts", finding.Counts);
        json.WriteString("text", finding.Text);
        json.WriteEndObject();
    }
}
