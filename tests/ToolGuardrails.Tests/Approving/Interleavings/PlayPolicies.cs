using System.Collections.Concurrent;
using System.Globalization;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>The clerk's policy with a budget, so that a call can be held up between the use of an approval and the record of it.</summary>
internal static class PlayPolicies
{
    /// <summary>A tool that needs nobody's consent, and that nobody reaches without an elevation.</summary>
    public const string Low = "shelf.write";

    /// <summary>A tool that nobody reaches without an elevation, each call of which is approved as well.</summary>
    public const string High = "vault.write";

    private const string Tools = """
        "shelf.write": { "access": ["write"], "tier": "low", "reversible": true, "arguments": { "id": "string" } },
        "vault.write": { "access": ["write"], "tier": "high", "arguments": { "id": "string" } },
        """;

    private const string Eligible = """
        "eligible": [
          { "id": "shelf", "tools": "shelf.write", "access": ["write"], "for": "00:15:00", "uses": 5, "approvers": ["user:https://id.example|lead", "user:https://id.example|second"] },
          { "id": "vault", "tools": "vault.write", "access": ["write"], "for": "00:15:00", "uses": 5, "approvers": ["user:https://id.example|lead", "user:https://id.example|second"] } ],
        """;

    private const string Approvers = "\"approvers\": [\"role:sre\", \"user:https://id.example|lead\"]";

    // Read once: a play begins thousands of times.
    private static readonly ConcurrentDictionary<string, GuardrailPolicy> Read = new(StringComparer.Ordinal);

    public static GuardrailPolicy With(int quorum) => Parsed(TextWith(quorum));

    private static GuardrailPolicy Parsed(string text) => Read.GetOrAdd(text, static t => GuardrailPolicy.Parse(t));

    private static string TextWith(int quorum) => Words.ClerkWith(Approvers, $"\"quorum\": {quorum.ToString(CultureInfo.InvariantCulture)}, \"approvers\": [\"user:https://id.example|lead\", \"user:https://id.example|second\"]")
        .Replace("\"useCase\": \"keeps notes\",", "\"useCase\": \"keeps notes\", \"budget\": { \"calls\": 1000, \"per\": \"01:00:00\" }," + Eligible, StringComparison.Ordinal)
        .Replace("\"notes.read\":   {", Tools + "\"notes.read\":   {", StringComparison.Ordinal);

    /// <summary>The eligible entry through which a tool is reached; empty where there is a grant for it.</summary>
    public static string EntryOf(string tool) => tool switch
    {
        Low => "shelf",
        High => "vault",
        _ => "",
    };

    /// <summary>Another policy for the very calls of the play.</summary>
    public static GuardrailPolicy Changed(int quorum) => Parsed(TextWith(quorum).Replace("\"access\": [\"write\"], \"tier\": \"medium\"", "\"access\": [\"write\"], \"tier\": \"medium\", \"touches\": [\"stock\"]", StringComparison.Ordinal));

    /// <summary>Another policy, and the same for the calls of the play.</summary>
    public static GuardrailPolicy ChangedElsewhere(int quorum) => Parsed(TextWith(quorum).Replace("\"other.read\":   { ", "\"other.more\": { \"access\": [\"read\"], \"tier\": \"low\" }, \"other.read\":   { ", StringComparison.Ordinal));

    public static ToolArguments Edited(string tool) => ToolArguments.FromJson(tool == "prod.write" ? """{"rows":2}""" : """{"id":"n1","text":"less"}""");
}
