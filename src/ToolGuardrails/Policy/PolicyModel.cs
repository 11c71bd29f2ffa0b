using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>A policy as read, version 1 (docs/policy.md). Everything in it has been checked; nothing is resolved yet.</summary>
internal sealed record PolicyModel(
    string Name,
    IReadOnlyDictionary<string, PolicyValue> Facts,
    IReadOnlyDictionary<string, ServerEntry> Servers,
    IReadOnlyDictionary<string, ToolEntry> Tools,
    IReadOnlyDictionary<string, AgentEntry> Agents,
    RuleSet<RiskRule> Risks,
    RuleSet<DenyRule> Deny,
    IReadOnlyDictionary<RiskTier, TierGate> Tiers)
{
    /// <summary>Whether records hide anything of any tool.</summary>
    public bool Redacts { get; } = Tools.Values.Any(static t => t.Redaction is not null);

    /// <summary>The ids of tools by server and name on the wire; the server is null for the host's own.</summary>
    public IReadOnlyDictionary<(string? Server, string Name), string> WireNames { get; } = Tools.Values.DistinctBy(static t => (t.Info.Server, t.Info.Name)).ToDictionary(static t => (t.Info.Server, t.Info.Name), static t => t.Info.Id); // Two tools of one name are an error that has been reported.

    /// <summary>The names of the agents that are only observed.</summary>
    public IReadOnlyList<string> Observed { get; } = [.. Agents.Values.Where(static a => a.Observes).Select(static a => a.Name)];

    /// <summary>The denies about every agent that concern a tool.</summary>
    public IEnumerable<DenyRule> DeniesOn(ToolEntry tool) => Deny.Naming(tool.Info.Id).Where(d => d.Concerns(tool));

    /// <summary>The risks that concern a tool, its own first.</summary>
    public IEnumerable<RiskRule> RisksOf(ToolEntry tool) => tool.Risks.Concat(Risks.Naming(tool.Info.Id)).Where(r => r.Concerns(tool));

    /// <summary>What giving an eligible entry asks of a human: the gate of the highest tier that it reaches, with the entry's own approvers where it names some.</summary>
    public TierGate GateOf(EligibleRule entry)
    {
        TierGate gate = Tiers[entry.Tier];
        return entry.Approvers.Count > 0 ? gate with { Approvers = entry.Approvers } : gate;
    }
}

/// <summary>A server that offers tools.</summary>
internal sealed record ServerEntry(string Id, bool Trusted, IReadOnlyDictionary<string, PolicyValue> Facts, JsonElement Source);

/// <summary>A tool. <paramref name="Arguments"/> is null where the policy declares none, so that any are accepted.</summary>
internal sealed record ToolEntry(
    ToolInfo Info,
    IReadOnlyDictionary<string, ArgumentKind>? Arguments,
    IReadOnlyDictionary<string, PolicyValue> Facts,
    IReadOnlyList<RiskRule> Risks,
    string? Definition,
    JsonElement Source)
{
    /// <summary>What records hide of its calls; null where they hide nothing.</summary>
    public Redaction? Redaction { get; init; }

    /// <summary>How often it may be called; null where nothing is said.</summary>
    public Budget? Budget { get; init; }
}

/// <summary>An agent. <paramref name="Tier"/> is its ceiling, <paramref name="Eligible"/> what it may be given for a while.</summary>
internal sealed record AgentEntry(
    string Name,
    string Owner,
    string? UseCase,
    RiskTier Tier,
    RuleSet<GrantRule> Grants,
    RuleSet<EligibleRule> Eligible,
    RuleSet<DenyRule> Deny,
    JsonElement Source)
{
    /// <summary>Whether denials are only recorded, except at tier High.</summary>
    public bool Observes { get; init; }

    /// <summary>Whether a session needs a recorded prompt before its first call.</summary>
    public bool RequiresPrompt { get; init; }

    /// <summary>How many calls it may make; null where nothing is said.</summary>
    public Budget? Budget { get; init; }

    /// <summary>The grants that cover a tool.</summary>
    public IEnumerable<GrantRule> GrantsOf(ToolEntry tool) => Grants.Naming(tool.Info.Id).Where(g => g.Covers(tool));

    /// <summary>The eligible entries that cover a tool.</summary>
    public IEnumerable<EligibleRule> EligibleOf(ToolEntry tool) => Eligible.Naming(tool.Info.Id).Where(e => e.Covers(tool));

    /// <summary>The agent's own denies that concern a tool.</summary>
    public IEnumerable<DenyRule> DeniesOn(ToolEntry tool) => Deny.Naming(tool.Info.Id).Where(d => d.Concerns(tool));
}

/// <summary>Something an agent may do.</summary>
internal sealed record GrantRule(string Id, ToolPattern Tools, ToolAccess Access, Condition? Where, JsonElement Source)
{
    /// <summary>What of a result may pass; null where all of it may.</summary>
    public FieldTree? Fields { get; init; }

    /// <summary>The name of the credential that the tool gets; null where none is named.</summary>
    public string? Credential { get; init; }

    /// <summary>Whether the pattern matches the tool, and the grant lists every access of it.</summary>
    public bool Covers(ToolEntry tool) => Tools.Covers(tool, Access);
}

/// <summary>Something an agent may be given for a while (docs/approvals.md, Elevation).</summary>
/// <param name="Id">The rule's id, <c>eligible:AGENT/ID</c>.</param>
/// <param name="Tools">The tools.</param>
/// <param name="Access">What of them; every access of a tool has to be listed.</param>
/// <param name="Where">Which calls; null for all.</param>
/// <param name="For">For how long at most.</param>
/// <param name="Uses">For how many calls at most.</param>
/// <param name="Approvers">Who may give it; where empty, those of the gate of <paramref name="Tier"/>.</param>
/// <param name="Tier">The tier of giving it: the highest of the tools that it reaches, and at least medium, because somebody has to give it.</param>
/// <param name="Source">The entry as written.</param>
internal sealed record EligibleRule(string Id, ToolPattern Tools, ToolAccess Access, Condition? Where, TimeSpan For, int Uses, IReadOnlyList<string> Approvers, RiskTier Tier, JsonElement Source)
{
    /// <inheritdoc cref="GrantRule.Covers"/>
    public bool Covers(ToolEntry tool) => Tools.Covers(tool, Access);
}

/// <summary>Something that must not happen. <paramref name="Access"/> null: whatever the access.</summary>
internal sealed record DenyRule(string Id, ToolPattern Tools, ToolAccess? Access, Condition? Where, string? Says, JsonElement Source)
{
    /// <summary>Whether the pattern matches the tool, and the tool has one of the accesses that the rule lists.</summary>
    public bool Concerns(ToolEntry tool) => Tools.Concerns(tool, Access);
}

/// <summary>Something that raises a call's tier. A tool's own risks have the pattern of that tool.</summary>
internal sealed record RiskRule(string Id, ToolPattern Tools, ToolAccess? Access, Condition? When, RiskTier Tier, string? Says, JsonElement Source)
{
    /// <inheritdoc cref="DenyRule.Concerns"/>
    public bool Concerns(ToolEntry tool) => Tools.Concerns(tool, Access);
}

/// <summary>What a tier asks of a human. <paramref name="Approvers"/>: <c>subject</c>, <c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>.</summary>
internal sealed record TierGate(ApprovalGate Approval, IReadOnlyList<string> Approvers, TimeSpan Expires)
{
    /// <summary>How many different people have to approve.</summary>
    public int Quorum { get; init; } = 1;

    /// <summary>Whether an approval needs a comment.</summary>
    public bool NeedsComment { get; init; }

    /// <summary>Who may approve as well once nobody has answered for a while; null where nobody else may.</summary>
    public ApprovalEscalation? Escalation { get; init; }
}
