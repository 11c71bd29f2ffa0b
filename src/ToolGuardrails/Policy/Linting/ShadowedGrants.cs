namespace ToolGuardrails.Policy;

/// <summary>Grants and eligible entries that a wider grant of the same agent makes meaningless. Grants are alternatives, so their order doesn't matter.</summary>
internal sealed class ShadowedGrants
{
    private readonly Dictionary<string, List<LintedGrant>> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<LintedGrant>> _beginnings = new(StringComparer.Ordinal);

    public static void Check(LintedPolicy policy, LintedAgent agent)
    {
        var wide = new ShadowedGrants();
        foreach (LintedGrant grant in agent.Grants.Where(static g => g.Rule.Where is null && IsPlain(g)))
        {
            wide.Add(grant);
        }

        // One with fields is another lint, and one with a credential chooses it.
        foreach (LintedGrant grant in agent.Grants.Where(IsPlain))
        {
            if (wide.Over(grant) is { } other)
            {
                string limits = grant.Rule.Where is null ? "" : ", so that its condition limits nothing";
                policy.Findings.Add(
                    PolicyLintCodes.ShadowedGrant,
                    grant.Node,
                    $"{grant.InWords} decides nothing: {PolicyErrors.Quote(other.Rule.Id)} gives the same tools and access without a condition{limits}. Remove one of the two, or narrow {PolicyErrors.Quote(other.Rule.Id)}.");
            }
        }

        CheckEligible(policy, agent, wide);
    }

    private static void CheckEligible(LintedPolicy policy, LintedAgent agent, ShadowedGrants wide)
    {
        ILookup<(ToolPattern, ToolAccess, string), LintedGrant> same = agent.Grants.Where(IsPlain).ToLookup(static g => Written(g.Rule));
        foreach (LintedGrant entry in agent.Eligible)
        {
            if ((wide.Over(entry) ?? same[Written(entry.Rule)].FirstOrDefault()) is { } grant)
            {
                policy.Findings.Add(
                    PolicyLintCodes.GrantedEligible,
                    entry.Node,
                    $"{entry.InWords} gives nothing for a while that {PolicyErrors.Quote(grant.Rule.Id)} doesn't give always, so that whoever approves it decides nothing. Remove the eligible entry, or narrow the grant.");
            }
        }
    }

    private static bool IsPlain(LintedGrant grant) => grant.Rule.Fields is null && grant.Rule.Credential is null;

    private static (ToolPattern, ToolAccess, string) Written(GrantRule rule) => (rule.Tools, rule.Access, GrantChecks.Where(rule.Source));

    private void Add(LintedGrant grant)
    {
        Dictionary<string, List<LintedGrant>> map = grant.Rule.Tools.IsWildcard ? _beginnings : _exact;
        string key = grant.Rule.Tools.Beginning;
        if (!map.TryGetValue(key, out List<LintedGrant>? list))
        {
            map.Add(key, list = []);
        }

        list.Add(grant);
    }

    // A look-up for each beginning of the pattern, rather than a comparison with each grant.
    private LintedGrant? Over(LintedGrant grant)
    {
        string text = grant.Rule.Tools.Beginning;
        var beginnings = _beginnings.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = 0; length <= text.Length; length++)
        {
            if (beginnings.TryGetValue(text.AsSpan(0, length), out List<LintedGrant>? list) && Wider(list, grant) is { } wider)
            {
                return wider;
            }
        }

        return !grant.Rule.Tools.IsWildcard && _exact.TryGetValue(text, out List<LintedGrant>? same) ? Wider(same, grant) : null;
    }

    private static LintedGrant? Wider(List<LintedGrant> list, LintedGrant grant) =>
        list.Find(other => other != grant && (grant.Rule.Access & ~other.Rule.Access) == ToolAccess.None);
}
