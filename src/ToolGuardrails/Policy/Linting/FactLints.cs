using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Facts that nobody reads, and facts that a rule reads where nobody has stated them.</summary>
internal static class FactLints
{
    private const string Server = "server";

    public static void Check(LintedPolicy policy)
    {
        foreach (LintedRule rule in policy.Rules)
        {
            CheckStated(policy, rule);
        }

        var read = new HashSet<string>(StringComparer.Ordinal);
        FactNames.Add(read, policy.Rules.Select(static r => (r.Condition, r.Says)));
        FactNames.Add(read, policy.Agents.SelectMany(static a => a.Reaching).Select(static g => (g.Rule.Where, (string?)null)));
        CheckRead(policy, policy.Top, read);
        foreach (ServerEntry server in policy.Model.Servers.Values)
        {
            CheckRead(policy, policy.Entry("servers", server.Id, server.Source), read);
        }

        foreach (ToolEntry tool in policy.Tools.Entries)
        {
            CheckRead(policy, policy.NodeOf(tool), read);
        }
    }

    private static void CheckRead(LintedPolicy policy, PolicyNode owner, HashSet<string> read)
    {
        if (owner.Find("facts") is not { } facts)
        {
            return;
        }

        foreach (JsonProperty fact in facts.Element.EnumerateObject())
        {
            if (!read.Contains(fact.Name))
            {
                policy.Findings.Add(
                    PolicyLintCodes.UnreadFact,
                    facts.Key(fact.Name, fact.Value),
                    $"No rule reads the fact {PolicyErrors.Quote(fact.Name)}, so that it decides nothing. Remove it, or read it as 'ctx.{fact.Name}' in the rule that it was meant for.");
            }
        }
    }

    private static void CheckStated(LintedPolicy policy, LintedRule rule)
    {
        WrittenComparison[] facts = [.. WrittenCondition.Comparisons(rule.WrittenCondition).Where(static c => !c.Operand.IsArgument)];
        foreach (WrittenComparison fact in facts.DistinctBy(static f => f.Operand.Name))
        {
            string name = fact.Operand.Name;

            // Whoever tests that it exists has thought of it.
            if (IsStatedByAll(policy.Model, name) || facts.Any(f => f.Operand.Name == name && f.Operator == "exists"))
            {
                continue;
            }

            int[] without = [.. rule.Concerned.Where(t => !States(policy.Model, policy.Tools.Entries[t], name))];
            if (without.Length > 0)
            {
                string effect = rule.IsDeny ? "denied" : $"raised to '{TierOf(rule)}'";
                string state = name == Server
                    ? "Leave the host's own tools out of the rule"
                    : "State it in the policy's 'facts' or at these tools or their servers";
                policy.Findings.Add(
                    PolicyLintCodes.UnstatedFact,
                    fact.OperandNode,
                    $"{rule.InWords} reads 'ctx.{name}', which isn't stated for {policy.Tools.InWords(without)}; what can't be decided counts as a match, so that their calls are {effect} unless something else rules the rule out. {state}, or test it with 'exists' too.");
            }
        }
    }

    private static string TierOf(LintedRule rule) => rule.Node.Element.GetProperty("tier").GetString()!;

    private static bool IsStatedByAll(PolicyModel model, string name) =>
        model.Facts.ContainsKey(name) || (name != Server && PolicyMembers.ReservedFacts.Contains(name, StringComparer.Ordinal));

    // A tool of the host's own has no server.
    private static bool States(PolicyModel model, ToolEntry tool, string name) => name == Server
        ? tool.Info.Server is not null
        : tool.Facts.ContainsKey(name) || (tool.Info.Server is { } server && model.Servers[server].Facts.ContainsKey(name));
}
