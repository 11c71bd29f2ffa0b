namespace ToolGuardrails.Policy;

/// <summary>A deny or a risk, with its place in the document.</summary>
/// <param name="IsDeny">Whether it denies, or raises a tier.</param>
/// <param name="Id">Its name in records.</param>
/// <param name="Tools">Its pattern.</param>
/// <param name="Access">The accesses that it lists; null where it lists none.</param>
/// <param name="Condition">Its condition; null where it always matches.</param>
/// <param name="Says">Its text.</param>
/// <param name="Node">Where it stands.</param>
/// <param name="Concerned">The declared tools that it is about.</param>
internal sealed record LintedRule(bool IsDeny, string Id, ToolPattern Tools, ToolAccess? Access, Condition? Condition, string? Says, PolicyNode Node, int[] Concerned)
{
    /// <summary><c>The deny 'deny:no-shell'</c>.</summary>
    public string InWords => $"The {(IsDeny ? "deny" : "risk")} {PolicyErrors.Quote(Id)}";

    /// <summary>Its condition as it is written; null where there is none.</summary>
    public PolicyNode? WrittenCondition => Node.Find(IsDeny ? "where" : "when");
}

/// <summary>A grant or an eligible entry, with its place in the document.</summary>
/// <param name="Rule">The grant, or what the entry would be as one.</param>
/// <param name="Node">Where it stands.</param>
/// <param name="Covered">The declared tools that it reaches.</param>
/// <param name="IsEligible">Whether it is an eligible entry.</param>
internal sealed record LintedGrant(GrantRule Rule, PolicyNode Node, int[] Covered, bool IsEligible)
{
    /// <summary><c>grant</c> or <c>eligible entry</c>.</summary>
    public string What => IsEligible ? "eligible entry" : "grant";

    /// <summary><c>The grant 'grant:clerk/read'</c>.</summary>
    public string InWords => $"The {What} {PolicyErrors.Quote(Rule.Id)}";

    /// <summary>Its condition as it is written; null where there is none.</summary>
    public PolicyNode? WrittenCondition => Node.Find("where");
}

/// <summary>An agent, with its place in the document.</summary>
/// <param name="Entry">The agent.</param>
/// <param name="Node">Where it stands.</param>
/// <param name="Grants">Its grants.</param>
/// <param name="Eligible">What it may be given for a while.</param>
/// <param name="Denied">For each tool, whether a deny forbids it to this agent whatever the call.</param>
internal sealed record LintedAgent(AgentEntry Entry, PolicyNode Node, IReadOnlyList<LintedGrant> Grants, IReadOnlyList<LintedGrant> Eligible, bool[] Denied)
{
    /// <summary>Its grants, and what may become one for a while.</summary>
    public IEnumerable<LintedGrant> Reaching => Grants.Concat(Eligible);
}
