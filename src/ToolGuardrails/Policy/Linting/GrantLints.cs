namespace ToolGuardrails.Policy;

/// <summary>Grants and eligible entries that give more than they seem to, and those that give nothing.</summary>
internal static class GrantLints
{
    public static void Check(LintedPolicy policy, LintedAgent agent)
    {
        string?[] projectedBy = ProjectedBy(policy, agent);
        foreach (LintedGrant grant in agent.Reaching)
        {
            CheckWildcard(policy, grant);
            CheckDenied(policy, agent, grant);

            // An eligible entry can't have fields.
            if (grant.Rule.Fields is null && !grant.IsEligible)
            {
                CheckProjection(policy, grant, projectedBy);
            }
        }
    }

    private static void CheckWildcard(LintedPolicy policy, LintedGrant grant)
    {
        if (!grant.Rule.Tools.IsWildcard || (grant.Rule.Access & ~ToolAccess.Read) == ToolAccess.None)
        {
            return;
        }

        int[] changing = [.. grant.Covered.Where(t => (policy.Tools.Entries[t].Info.Access & ~ToolAccess.Read) != ToolAccess.None)];
        if (changing.Length > 0)
        {
            policy.Findings.Add(
                PolicyLintCodes.WildcardWrite,
                grant.Node.Sub("tools"),
                $"{grant.InWords} reaches {policy.Tools.InWords(changing)} by a pattern, with more than 'read'; a tool that is declared later under such a name can be {(grant.IsEligible ? "given with them" : "called at once")}. Name each of these tools in {(grant.IsEligible ? "an" : "a")} {grant.What} of its own, or keep the pattern to 'read'.");
        }
    }

    private static void CheckDenied(LintedPolicy policy, LintedAgent agent, LintedGrant grant)
    {
        if (grant.Covered.Length > 0 && grant.Covered.All(t => agent.Denied[t]))
        {
            policy.Findings.Add(
                PolicyLintCodes.DeniedGrant,
                grant.Node,
                $"{grant.InWords} gives nothing: {policy.Tools.InWords(grant.Covered)} is denied whatever the call. Remove the {grant.What}, or narrow the deny.");
        }
    }

    private static void CheckProjection(LintedPolicy policy, LintedGrant grant, string?[] projectedBy)
    {
        int[] lifted = [.. grant.Covered.Where(t => projectedBy[t] is not null)];
        if (lifted.Length > 0)
        {
            policy.Findings.Add(
                PolicyLintCodes.UnprojectedGrant,
                grant.Node,
                $"{grant.InWords} has no 'fields', and {PolicyErrors.Quote(projectedBy[lifted[0]]!)} has some for {policy.Tools.InWords(lifted)}; where both match, the whole result passes. Give this grant its 'fields' too, or make sure by their conditions that never both match.");
        }
    }

    // For each tool, a grant that lets only some fields of its result pass.
    private static string?[] ProjectedBy(LintedPolicy policy, LintedAgent agent)
    {
        var by = new string?[policy.Tools.Entries.Count];
        foreach (LintedGrant grant in agent.Grants.Where(static g => g.Rule.Fields is not null))
        {
            foreach (int tool in grant.Covered)
            {
                by[tool] ??= grant.Rule.Id;
            }
        }

        return by;
    }
}
