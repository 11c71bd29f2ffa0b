using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Grants and eligible entries that can never match, and grants that reach what no standing grant may reach.</summary>
internal static class GrantChecks
{
    public static void RefuseUnreachable(PolicyObject entry, string what, ToolPattern tools, ToolAccess access, ConditionScope scope, PolicyCatalog catalog)
    {
        if (scope.Tools.Count > 0)
        {
            return;
        }

        ToolEntry[] named = [.. catalog.Matching(tools)];
        if (named.Length == 0)
        {
            string hint = NearMiss.Hint(tools.Text, catalog.Tools.Keys, $"; declare the tool under 'tools', or remove the {what}.");
            catalog.Errors.Add(entry["tools"]!.Value, $"The {what} can never match: {PolicyErrors.Quote(tools.Text)} is no declared tool{hint}");
        }
        else if (named.All(static t => t.Info.Access != ToolAccess.None))
        {
            ToolEntry first = named[0];
            catalog.Errors.Add(
                entry["access"] ?? entry.Node,
                $"The {what} can never match: the tool {PolicyErrors.Quote(first.Info.Id)} also needs {PolicyWords.InWords(first.Info.Access & ~access)}, and a grant or eligible entry lists every access of a tool ('read' alone if it has no 'access'); add it, or remove the {what}.");
        }
    }

    public static void RefuseHigh(PolicyObject grant, ConditionScope scope, PolicyErrors errors)
    {
        if (scope.Highest is { Info.Tier: RiskTier.High } first)
        {
            int others = scope.Tools.Count(static t => t.Info.Tier == RiskTier.High) - 1;
            string more = others > 0 ? $" and {others} more" : "";
            errors.Add(grant["tools"]!.Value, $"A standing grant can't reach the tool {PolicyErrors.Quote(first.Info.Id)}{more} of tier high; use 'eligible' for it, and keep it out of this grant.");
        }
    }

    /// <summary>Refuses an entry that is like an earlier one.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="what">What it is, in a word.</param>
    /// <param name="rule">The entry as read.</param>
    /// <param name="earlier">The ids of the ones before it, by what makes two alike; it is added to them.</param>
    /// <param name="keeping">What else to do than to remove it.</param>
    /// <param name="errors">Where it is reported.</param>
    public static void RefuseRepeated(PolicyObject entry, string what, GrantRule rule, Dictionary<(ToolPattern Tools, ToolAccess Access, string Where), string> earlier, string keeping, PolicyErrors errors)
    {
        (ToolPattern, ToolAccess, string) key = (rule.Tools, rule.Access, Where(rule.Source));
        if (!earlier.TryAdd(key, rule.Id))
        {
            errors.Add(entry.Node, $"This {what} can never decide anything: '{earlier[key]}' has the same tools, access and condition; remove one of the two{keeping}.");
        }
    }

    public static void RefuseLowAgent(PolicyObject agent, RiskTier ceiling, (ToolEntry Tool, string Path)? highest, PolicyErrors errors)
    {
        if (ceiling != RiskTier.Unclassified && highest is var (tool, path) && tool.Info.Tier > ceiling)
        {
            string tier = PolicyWords.InWords(tool.Info.Tier);
            errors.Add(agent["tier"]!.Value, $"The agent's tier is below '{tier}', the tier of the tool {PolicyErrors.Quote(tool.Info.Id)} that {path} reaches; raise the agent's tier to '{tier}', or narrow that entry.");
        }
    }

    /// <summary>An entry's condition as written, whatever the order of its members.</summary>
    public static string Where(JsonElement entry) =>
        entry.TryGetProperty("where", out JsonElement where) ? Encoding.UTF8.GetString(CanonicalJson.Write(JsonMarshal.GetRawUtf8Value(where))) : "{}";
}
