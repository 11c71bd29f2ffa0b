namespace ToolGuardrails.Policy;

/// <summary>Reads <c>agents</c>.</summary>
internal sealed class AgentReader(PolicyCatalog catalog, RuleReader rules)
{
    private readonly Dictionary<string, AgentEntry> _agents = new(StringComparer.Ordinal);
    private readonly List<(string Owner, PolicyNode Node)> _owners = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, AgentEntry> Read(PolicyNode? agents)
    {
        catalog.ReadMap(agents, "agent", (name, node) =>
        {
            _names.Add(name);
            if (PolicyObject.Read(node, catalog.Errors, PolicyMembers.Agent) is { } agent)
            {
                _agents[name] = ReadAgent(name, agent);
            }
        });

        foreach ((string owner, PolicyNode node) in _owners.Where(o => _names.Contains(o.Owner.Trim())))
        {
            catalog.Errors.Add(node, $"The owner {PolicyErrors.Quote(owner)} is an agent; name the person who answers for this one.");
        }

        return _agents;
    }

    private AgentEntry ReadAgent(string name, PolicyObject agent)
    {
        string? owner = agent.RequiredText("owner", $"The agent {PolicyErrors.Quote(name)} has no 'owner'; name the person who answers for it.");
        if (owner is not null)
        {
            _owners.Add((owner, agent["owner"]!.Value));
        }

        if (agent["tier"] is null)
        {
            catalog.Errors.Add(agent.Node, $"The agent {PolicyErrors.Quote(name)} has no 'tier'; state the highest tier it may reach: 'low', 'medium' or 'high'.");
        }

        RiskTier tier = PolicyWords.Tier(agent) ?? RiskTier.Unclassified;
        PolicyWords.Choice(agent, "review", ("daily", 1), ("weekly", 2), ("monthly", 3), ("quarterly", 4));
        var reader = new GrantReader(catalog, name);
        RuleSet<GrantRule> grants = reader.ReadGrants(agent);
        RuleSet<EligibleRule> eligible = new EligibleReader(catalog, name, reader).Read(agent, grants);
        GrantChecks.RefuseLowAgent(agent, tier, reader.Highest, catalog.Errors);
        RuleSet<DenyRule> deny = rules.ReadDenies(agent, $"deny:{name}/");
        return new AgentEntry(name, owner ?? "", agent.Text("useCase"), tier, grants, eligible, deny, agent.Node.Element)
        {
            Observes = ReadEnforcement(agent, tier),
            RequiresPrompt = agent.Flag("requirePrompt") ?? false,
            Budget = BudgetReader.Read(agent),
        };
    }

    // Whoever may reach High is never merely watched (T27).
    private static bool ReadEnforcement(PolicyObject agent, RiskTier tier)
    {
        bool observes = PolicyWords.Choice(agent, "enforcement", ("enforce", false), ("observe", true)) ?? false;
        if (observes && tier == RiskTier.High)
        {
            agent.Errors.Add(agent["enforcement"]!.Value, "An agent of tier 'high' can't be observed only; use 'enforce', or lower its tier while it is tried out.");
        }

        return observes;
    }
}
