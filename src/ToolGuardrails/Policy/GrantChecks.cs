using System.Runtime.InteropServices;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Grants and eligible entries that can never match, and grants that reach what no standing grant may reach.</summary>
internal static class GrantChecks
{
    public static void RefuseUnreachable(PolicyObject entry, string what, ToolPattern tools, ToolAccess access, ConditionScope scope, PolicyCatalog catalog)
    {
        ToolEntry[] named = [.. catalog.Matching(tools)];
        if (named.Length == 0)
        {
            string hint = NearMiss.Hint(tools.Text, catalog.Tools.Keys, $"; declare the tool under 'tools', or remove the {what}.");
            catalog.Errors.Add(entry["tools"]!.Value, $"The {what} can never match: {PolicyErrors.Quote(tools.Text)} is no declared tool{hint}");
        }
        else if (scope.Tools.Count == 0 && named.All(static t => t.Info.Access != ToolAccess.None))
        {
            ToolEntry first = named[0];
            catalog.Errors.Add(
                entry["access"] ?? entry.Node,
                $"The {what} can never match: the tool {PolicyErrors.Quote(first.Info.Id)} also needs {PolicyWords.InWords(first.Info.Access & ~access)}, and a grant or eligible entry lists every access of a tool ('read' alone if it has no 'access'); add it, or remove the {what}.");
        }
    }

    public static void RefuseHigh(PolicyObject grant, ConditionScope scope, PolicyErrors errors)
    {
        string[] high = [.. scope.Tools.Where(static t => t.Info.Tier == RiskTier.High).Select(static t => PolicyErrors.Quote(t.Info.Id))];
        if (high.Length > 0)
        {
            string more = high.Length > 1 ? $" and {high.Length - 1} more" : "";
            errors.Add(grant["tools"]!.Value, $"A standing grant can't reach the tool {high[0]}{more} of tier high; use 'eligible' for it, and keep it out of this grant.");
        }
    }

    public static void RefuseRepeated(PolicyObject entry, string what, GrantRule rule, List<GrantRule> earlier, string keeping, PolicyErrors errors)
    {
        GrantRule? same = earlier.Find(other => other.Tools == rule.Tools && other.Access == rule.Access && SameWhere(other.Source, rule.Source));
        if (same is not null)
        {
            errors.Add(entry.Node, $"This {what} can never decide anything: '{same.Id}' has the same tools, access and condition; remove one of the two{keeping}.");
        }
    }

    public static void RefuseLowAgent(PolicyObject agent, RiskTier ceiling, List<(ToolEntry Tool, string Path)> reached, PolicyErrors errors)
    {
        (ToolEntry Tool, string Path)[] above = [.. reached.Where(r => r.Tool.Info.Tier > ceiling).OrderByDescending(static r => r.Tool.Info.Tier)];
        if (ceiling != RiskTier.Unclassified && above.Length > 0)
        {
            string tier = PolicyWords.InWords(above[0].Tool.Info.Tier);
            errors.Add(agent["tier"]!.Value, $"The agent's tier is below '{tier}', the tier of the tool {PolicyErrors.Quote(above[0].Tool.Info.Id)} that {above[0].Path} reaches; raise the agent's tier to '{tier}', or narrow that entry.");
        }
    }

    /// <summary>Whether two entries have the same condition as written, whatever the order of its members.</summary>
    public static bool SameWhere(JsonElement a, JsonElement b) => Canonical(a).AsSpan().SequenceEqual(Canonical(b));

    private static byte[] Canonical(JsonElement entry) =>
        CanonicalJson.Write(entry.TryGetProperty("where", out JsonElement where) ? JsonMarshal.GetRawUtf8Value(where) : "{}"u8);
}
