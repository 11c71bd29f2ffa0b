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

        ApprovalGate gate = PolicyWords.Choice(entry, "approval", Gates) ?? byDefault;
        CheckGate(entry, tier, gate);
        List<(string Text, PolicyNode Node)>? approvers = ApproverReader.Read(entry, "approvers");
        CheckSubject(approvers, tier, gate);
        CheckUnbuilt(entry);
        string[] names = approvers is null ? DefaultApprovers(tier, gate) : [.. approvers.Select(static a => a.Text)];
        return new TierGate(gate, names, PolicyWords.Duration(entry, "expires") ?? expires);
    }

    private static string[] DefaultApprovers(RiskTier tier, ApprovalGate gate) =>
        tier == RiskTier.Medium && gate == ApprovalGate.Review ? [ApproverReader.Subject] : [];

    private void CheckGate(PolicyObject entry, RiskTier tier, ApprovalGate gate)
    {
        if (tier == RiskTier.High && gate != ApprovalGate.PerCall)
        {
            errors.Add(entry["approval"]!.Value, "The tier high always asks for approval per call; use 'perCall' or remove this.");
        }
        else if (tier == RiskTier.Medium && gate == ApprovalGate.None)
        {
            errors.Add(entry["approval"]!.Value, "The tier medium can't go without approval; use 'review' or 'perCall', or give the tools the tier 'low' where that is true.");
        }
    }

    private void CheckSubject(List<(string Text, PolicyNode Node)>? approvers, RiskTier tier, ApprovalGate gate)
    {
        foreach ((string text, PolicyNode node) in approvers ?? [])
        {
            if ((tier == RiskTier.High || gate == ApprovalGate.PerCall) && string.Equals(text, ApproverReader.Subject, StringComparison.Ordinal))
            {
                errors.Add(node, "The person whom a call is made for can't approve it where every call is approved on its own; name a role or another user.");
            }
        }
    }

    private static void CheckUnbuilt(PolicyObject entry)
    {
        if (entry.Count("quorum") > 1)
        {
            entry.Errors.AddNotSupported(entry["quorum"]!.Value, "A quorum above 1", "use 1 or remove it");
        }

        if (entry.Flag("comment") == true)
        {
            entry.Errors.AddNotSupported(entry["comment"]!.Value, "Requiring a comment ('comment')", "set it to false or remove it");
        }

        if (entry["escalate"] is { } node && PolicyObject.Read(node, entry.Errors, PolicyMembers.Escalate) is { } escalate)
        {
            CheckEscalate(escalate);
        }
    }

    private static void CheckEscalate(PolicyObject escalate)
    {
        if (escalate["after"] is null)
        {
            escalate.Errors.Add(escalate.Node, "An escalation has no 'after'; say when it happens, as 'hh:mm:ss'.");
        }

        PolicyWords.Duration(escalate, "after");
        if (escalate["to"] is null || ApproverReader.Read(escalate, "to") is { Count: 0 })
        {
            escalate.Errors.Add(escalate["to"] ?? escalate.Node, "An escalation has nobody in 'to'; list who is asked then.");
        }

        escalate.Errors.AddNotSupported(escalate.Node, "Escalation ('escalate')", "remove it, and list everybody in 'approvers'");
    }
}
