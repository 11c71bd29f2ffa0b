using System.Globalization;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>The clerk's policy with a budget, so that a call can be held up between the use of an approval and the record of it.</summary>
internal static class PlayPolicies
{
    private const string Approvers = "\"approvers\": [\"role:sre\", \"user:https://id.example|lead\"]";

    public static string With(int quorum) => Words.ClerkWith(Approvers, $"\"quorum\": {quorum.ToString(CultureInfo.InvariantCulture)}, \"approvers\": [\"user:https://id.example|lead\", \"user:https://id.example|second\"]")
        .Replace("\"useCase\": \"keeps notes\",", "\"useCase\": \"keeps notes\", \"budget\": { \"calls\": 1000, \"per\": \"01:00:00\" },", StringComparison.Ordinal);

    /// <summary>Another policy for the very calls of the play.</summary>
    public static GuardrailPolicy Changed(int quorum) => GuardrailPolicy.Parse(With(quorum).Replace("\"access\": [\"write\"], \"tier\": \"medium\"", "\"access\": [\"write\"], \"tier\": \"medium\", \"touches\": [\"stock\"]", StringComparison.Ordinal));

    /// <summary>Another policy, and the same for the calls of the play.</summary>
    public static GuardrailPolicy ChangedElsewhere(int quorum) => GuardrailPolicy.Parse(With(quorum).Replace("\"other.read\":   { ", "\"other.more\": { \"access\": [\"read\"], \"tier\": \"low\" }, \"other.read\":   { ", StringComparison.Ordinal));

    public static ToolArguments Edited(string tool) => ToolArguments.FromJson(tool == "prod.write" ? """{"rows":2}""" : """{"id":"n1","text":"less"}""");
}
