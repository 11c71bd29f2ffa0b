namespace ToolGuardrails.Policy;

/// <summary>Reads <c>tiers</c>: what each tier asks of a human.</summary>
internal sealed class TierReader(PolicyErrors errors)
{
    private static readonly (string Word, ApprovalGate Gate)[] Gates =
    [
        ("none", ApprovalGate.None), ("review", ApprovalGate.Review), ("perCall", ApprovalGate.PerCall),
    ];

    /// <summary>All three tiers, with the defaults of those that the policy leaves out.</summary>
    public IReadOnlyDictionary<RiskTier, TierGate> Read(PolicyNode? node)
    {
        PolicyObject? tiers = node is { } there ? PolicyObject.Read(there, errors, PolicyMembers.Tiers) : null;
        return new Dictionary<RiskTier, TierGate>
        {
            [RiskTier.Low] = ReadTier(tiers, RiskTier.Low, ApprovalGate.None),
            [RiskTier.Medium] = ReadTier(tiers, RiskTier.Medium, ApprovalGate.Review),
            [RiskTier.High] = ReadTier(tiers, RiskTier.High, ApprovalGate.PerCall),
        };
    }

    private TierGate ReadTier(PolicyObject? tiers, RiskTier tier, ApprovalGate byDefault)
    {
        TimeSpan expires = tier == RiskTier.High ? TimeSpan.FromMinutes(30) : TimeSpan.FromHours(4);
        if (tiers?[PolicyWords.InWords(tier)] is not { } node || PolicyObject.Read(node, errors, PolicyMembers.Tier) is not { } entry)
        {
            return new TierGate(byDefault, DefaultApprovers(tier, byDefault), expires);
        }

        ApprovalGate gate = ReadGate(entry, tier, byDefault);
        List<(string Text, PolicyNode Node)>? approvers = ApproverReader.Read(entry, "approvers");
        if (gate == ApprovalGate.PerCall)
        {
            ApproverReader.RefuseSubject(approvers, errors);
        }

        string[] names = approvers is null ? DefaultApprovers(tier, gate) : [.. approvers.Select(static a => a.Text)];
        var read = new TierGate(gate, names, PolicyWords.Duration(entry, "expires") ?? expires);
        read = read with { Quorum = entry.Count("quorum") ?? 1, NeedsComment = entry.Flag("comment") ?? false, Escalation = EscalationReader.Read(entry, read) };
        CheckQuorum(entry, read);
        RefuseUnasked(entry, read);
        return read;
    }

    private static string[] DefaultApprovers(RiskTier tier, ApprovalGate gate) =>
        tier == RiskTier.Medium && gate == ApprovalGate.Review ? [ApproverReader.Subject] : [];

    // Where it can't be what is written, what follows is read as if it were the tier's own.
    private ApprovalGate ReadGate(PolicyObject entry, RiskTier tier, ApprovalGate byDefault)
    {
        ApprovalGate gate = PolicyWords.Choice(entry, "approval", Gates) ?? byDefault;
        if (tier == RiskTier.High && gate != ApprovalGate.PerCall)
        {
            errors.Add(entry["approval"]!.Value, "The tier high always asks for approval per call; use 'perCall' or remove this.");
            return byDefault;
        }

        if (tier == RiskTier.Medium && gate == ApprovalGate.None)
        {
            errors.Add(entry["approval"]!.Value, "The tier medium can't go without approval; use 'review' or 'perCall', or give the tools the tier 'low' where that is true.");
            return byDefault;
        }

        return gate;
    }

    private void CheckQuorum(PolicyObject entry, TierGate gate)
    {
        if (gate.Quorum > 1 && gate.Approval == ApprovalGate.Review)
        {
            errors.Add(entry["quorum"]!.Value, "A review is decided by one person, so that a quorum above 1 means nothing; use 'perCall' as 'approval', or remove the quorum.");
        }
        else if (gate.Quorum > 1 && gate.Approval == ApprovalGate.PerCall)
        {
            ApproverReader.RefuseTooFew(entry["quorum"]!.Value, gate.Quorum, [.. gate.Approvers, .. gate.Escalation?.To ?? []], errors);
        }
    }

    // Whoever writes one of these expects that somebody is asked.
    private void RefuseUnasked(PolicyObject entry, TierGate gate)
    {
        (string Member, bool Asks)[] members = [("quorum", gate.Quorum > 1), ("escalate", entry["escalate"] is not null), ("comment", gate.NeedsComment)];
        foreach ((string member, _) in members.Where(m => m.Asks && gate.Approval == ApprovalGate.None))
        {
            errors.Add(entry[member]!.Value, $"This tier asks nobody, so that '{member}' means nothing; remove it, or use 'review' or 'perCall' as 'approval'.");
        }
    }
}
