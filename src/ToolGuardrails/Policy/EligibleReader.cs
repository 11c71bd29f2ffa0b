namespace ToolGuardrails.Policy;

/// <summary>Reads one agent's <c>eligible</c> entries: what it may be given for a while.</summary>
internal sealed class EligibleReader(PolicyCatalog catalog, string agent, GrantReader reader)
{
    // What is needed for longer is a matter for the policy.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public RuleSet<EligibleRule> Read(PolicyObject owner, IEnumerable<GrantRule> grants)
    {
        HashSet<string> granted = [.. grants.Select(static g => g.Id)];
        var rules = new List<EligibleRule>();
        var earlier = new Dictionary<(ToolPattern Tools, ToolAccess Access, string Where), string>();
        foreach (PolicyNode node in owner.List("eligible"))
        {
            if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Eligible) is { } entry)
            {
                TimeSpan span = ReadFor(entry);
                int uses = ReadUses(entry);
                List<(string Text, PolicyNode Node)>? approvers = ApproverReader.Read(entry, "approvers");
                if (reader.ReadEntry(entry, $"eligible:{agent}/", "eligible entry", out ConditionScope scope) is { } read)
                {
                    RefuseNamesake(entry, read.Id, granted);
                    GrantChecks.RefuseRepeated(entry, "eligible entry", read, earlier, "", catalog.Errors);
                    RiskTier tier = scope.Highest?.Info.Tier == RiskTier.High ? RiskTier.High : RiskTier.Medium;
                    CheckApprovers(entry, approvers, scope, tier);
                    rules.Add(new EligibleRule(read.Id, read.Tools, read.Access, read.Where, span, uses, [.. approvers?.Select(static a => a.Text) ?? []], tier, node.Element));
                }
            }
        }

        return new RuleSet<EligibleRule>(rules, static e => e.Tools);
    }

    private static TimeSpan ReadFor(PolicyObject entry)
    {
        if (entry["for"] is null)
        {
            entry.Errors.Add(entry.Node, "This eligible entry has no 'for'; say for how long it is given at most, as 'hh:mm:ss'.");
        }

        TimeSpan? span = PolicyWords.Duration(entry, "for");
        if (span > Longest)
        {
            entry.Errors.Add(entry["for"]!.Value, "An eligible entry is given for '24:00:00' at most; shorten it, and let the agent ask again where it needs longer.");
        }

        return span ?? Longest;
    }

    private static int ReadUses(PolicyObject entry)
    {
        if (entry["uses"] is null)
        {
            entry.Errors.Add(entry.Node, "This eligible entry has no 'uses'; say for how many calls it is given at most.");
        }

        return entry.Count("uses") ?? 1;
    }

    // Whoever decides on one, and whoever reads a record, shouldn't have to ask which of two is meant.
    private void RefuseNamesake(PolicyObject entry, string id, HashSet<string> granted)
    {
        string bare = id[$"eligible:{agent}/".Length..];
        string grant = $"grant:{agent}/{bare}";
        if (bare.Length > 0 && granted.Contains(grant))
        {
            catalog.Errors.Add(entry["id"]!.Value, $"The id '{bare}' is taken: the grant '{grant}' of this agent has it too; choose another id.");
        }
    }

    private void CheckApprovers(PolicyObject entry, List<(string Text, PolicyNode Node)>? approvers, ConditionScope scope, RiskTier tier)
    {
        if (scope.Tools.Count == 0 || (approvers is null && entry["approvers"] is not null))
        {
            return;
        }

        TierGate gate = catalog.Tiers[tier];
        if (gate.Approval == ApprovalGate.PerCall)
        {
            ApproverReader.RefuseSubject(approvers, catalog.Errors);
        }

        if (approvers is { Count: > 0 })
        {
            ApproverReader.RefuseTooFew(entry["approvers"]!.Value, gate.Quorum, [.. approvers.Select(static a => a.Text), .. gate.Escalation?.To ?? []], catalog.Errors);
        }
        else if (gate.Approvers.Count == 0)
        {
            string word = PolicyWords.InWords(tier);
            catalog.Errors.Add(entry["approvers"] ?? entry.Node, $"Nobody could give this eligible entry: it names no 'approvers', and neither does the tier '{word}', which it reaches; name them here, or at '{word}' in 'tiers'.");
        }
    }
}
