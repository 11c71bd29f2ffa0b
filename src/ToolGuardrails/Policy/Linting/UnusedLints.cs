namespace ToolGuardrails.Policy;

/// <summary>Rules, tools and servers that nothing uses.</summary>
internal static class UnusedLints
{
    public static void Check(LintedPolicy policy)
    {
        var near = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (LintedRule rule in policy.Rules.Where(static r => r.Concerned.Length == 0))
        {
            CheckRule(policy, rule, near);
        }

        CheckTools(policy);
        CheckServers(policy);
    }

    private static void CheckRule(LintedPolicy policy, LintedRule rule, Dictionary<string, string?> near)
    {
        string pattern = rule.Tools.Text;
        if (!near.TryGetValue(pattern, out string? meant))
        {
            near.Add(pattern, meant = Near(policy, rule.Tools));
        }

        if (meant is not null)
        {
            policy.Findings.Add(
                PolicyLintCodes.NearMissPattern,
                rule.Node.Sub("tools"),
                $"{rule.InWords} is about no declared tool, and {PolicyErrors.Quote(pattern)} is nearly the tool {PolicyErrors.Quote(meant)}, which it doesn't stop. Correct the pattern.");
        }
        else if (!IsForToolsToCome(rule))
        {
            policy.Findings.Add(
                PolicyLintCodes.UnusedRule,
                rule.Node,
                $"{rule.InWords} is about no declared tool, so that it decides nothing; after a tool was renamed that is how its protection is lost. Correct 'tools' and 'access', or remove the rule.");
        }
    }

    // What forbids a whole family, or is about every tool, is written for tools to come; nothing in it can be out of date.
    private static bool IsForToolsToCome(LintedRule rule) =>
        rule.Tools.Text == "*" || (rule.IsDeny && rule.Tools.IsWildcard && rule.Access is null && rule.Condition is null);

    // Where the pattern matches a tool, only the access is another.
    private static string? Near(LintedPolicy policy, ToolPattern pattern)
    {
        IEnumerable<string> ids = policy.Tools.Entries.Select(static t => t.Info.Id);
        return policy.Tools.Concerned(pattern, access: null).Length > 0 ? null : ids.FirstOrDefault(id => NearNames.IsNear(pattern, id));
    }

    private static void CheckTools(LintedPolicy policy)
    {
        if (policy.Agents.Count == 0)
        {
            return;
        }

        var reached = new bool[policy.Tools.Entries.Count];
        foreach (int[] covered in policy.Agents.SelectMany(static a => a.Reaching).Select(static g => g.Covered).Distinct())
        {
            Array.ForEach(covered, t => reached[t] = true);
        }

        // What is denied to all isn't meant to be reached, and what can do the most harm may well be kept from everybody.
        foreach (int i in Enumerable.Range(0, reached.Length).Where(i => !reached[i] && !policy.DeniedToAll[i] && policy.Tools.Entries[i].Info.Tier != RiskTier.High))
        {
            policy.Findings.Add(
                PolicyLintCodes.UnreachableTool,
                policy.NodeOf(policy.Tools.Entries[i]),
                $"No grant or eligible entry of any agent reaches the tool {policy.Tools.Quoted(i)}, so that nobody can call it. Grant it to the agent that needs it, with every access that it has, or remove it.");
        }
    }

    private static void CheckServers(LintedPolicy policy)
    {
        HashSet<string?> used = [.. policy.Tools.Entries.Select(static t => t.Info.Server)];
        foreach (ServerEntry server in policy.Model.Servers.Values.Where(s => !used.Contains(s.Id)))
        {
            policy.Findings.Add(
                PolicyLintCodes.EmptyServer,
                policy.Entry("servers", server.Id, server.Source),
                $"The server {PolicyErrors.Quote(server.Id)} offers no declared tool, so that nothing of it can be called. Name it as 'server' at its tools, or remove it.");
        }
    }
}
