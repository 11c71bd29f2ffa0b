namespace ToolGuardrails.Policy;

/// <summary>Reads denies and risks.</summary>
internal sealed class RuleReader(PolicyCatalog catalog)
{
    public RuleSet<DenyRule> ReadDenies(PolicyObject owner, string prefix)
    {
        var rules = new List<DenyRule>();
        foreach (PolicyNode node in owner.List("deny"))
        {
            if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Deny) is { } rule)
            {
                string id = catalog.RuleId(rule, prefix);
                ToolPattern? tools = catalog.Pattern(rule);
                ToolAccess? access = PolicyWords.Access(rule);
                ConditionScope scope = About(rule, tools, access);
                Condition? where = new ConditionReader(catalog.Errors, scope).Read(rule["where"]);
                rules.Add(new DenyRule(id, tools ?? Nothing, access, where, SaysTemplate.Read(rule, scope), node.Element));
            }
        }

        return new RuleSet<DenyRule>(rules, static r => r.Tools);
    }

    public RuleSet<RiskRule> ReadRisks(PolicyObject top)
    {
        var rules = new List<RiskRule>();
        foreach (PolicyNode node in top.List("risks"))
        {
            if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Risk) is { } rule)
            {
                string id = catalog.RuleId(rule, "risk:");
                ToolPattern? tools = catalog.Pattern(rule);
                ToolAccess? access = PolicyWords.Access(rule);
                rules.Add(ReadRisk(rule, id, tools ?? Nothing, access, About(rule, tools, access)));
            }
        }

        return new RuleSet<RiskRule>(rules, static r => r.Tools);
    }

    public IReadOnlyList<RiskRule> ReadToolRisks(string toolId, PolicyObject tool)
    {
        var rules = new List<RiskRule>();
        var scope = new ConditionScope(catalog, [catalog.Tools[toolId]]);
        foreach (PolicyNode node in tool.List("risks"))
        {
            if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.ToolRisk) is { } rule)
            {
                rules.Add(ReadRisk(rule, catalog.RuleId(rule, $"risk:{toolId}/"), new ToolPattern(toolId), access: null, scope));
            }
        }

        return rules;
    }

    private RiskRule ReadRisk(PolicyObject rule, string id, ToolPattern tools, ToolAccess? access, ConditionScope scope)
    {
        if (rule["tier"] is null)
        {
            catalog.Errors.Add(rule.Node, "This risk has no 'tier'; say which tier it raises a call to, 'medium' or 'high'.");
        }

        RiskTier tier = PolicyWords.Tier(rule, RiskTier.Medium, RiskTier.High) ?? RiskTier.High;
        Condition? when = new ConditionReader(catalog.Errors, scope).Read(rule["when"]);
        return new RiskRule(id, tools, access, when, tier, SaysTemplate.Read(rule, scope), rule.Node.Element);
    }

    // Only a document with errors has a rule about nothing, and then no model comes of it.
    private static ToolPattern Nothing { get; } = new("");

    // Where the pattern or access has been reported, nothing is known of the tools; then only the names of facts are checked.
    private ConditionScope About(PolicyObject rule, ToolPattern? tools, ToolAccess? access) =>
        tools is null || (access is null && rule["access"] is not null) ? catalog.NoTool : catalog.Touching(tools, access);
}
