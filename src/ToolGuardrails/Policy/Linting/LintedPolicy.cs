using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>A policy with the places of its parts, and what its patterns mean.</summary>
internal sealed class LintedPolicy
{
    private readonly List<LintedRule> _rules = [];

    public LintedPolicy(PolicyModel model, JsonElement root)
    {
        Model = model;
        Top = new PolicyNode(root, "$");
        Findings = new LintFindings(root);
        Tools = new LintedTools(model.Tools);
        foreach (ToolEntry tool in model.Tools.Values)
        {
            AddRisks(tool.Risks, NodeOf(tool));
        }

        AddRisks(model.Risks, Top);
        AddDenies(model.Deny, Top);
        var everywhere = new bool[Tools.Entries.Count];
        Forbid(everywhere, _rules);
        DeniedToAll = everywhere;
        Agents = [.. model.Agents.Values.Select(ReadAgent)];
    }

    public PolicyModel Model { get; }

    public PolicyNode Top { get; }

    public LintFindings Findings { get; }

    public LintedTools Tools { get; }

    public IReadOnlyList<LintedAgent> Agents { get; }

    /// <summary>Every deny and risk: of the tools, of the top and of the agents.</summary>
    public IReadOnlyList<LintedRule> Rules => _rules;

    /// <summary>For each tool, whether a deny at the top forbids it whatever the call.</summary>
    public IReadOnlyList<bool> DeniedToAll { get; }

    public PolicyNode NodeOf(ToolEntry tool) => Entry("tools", tool.Info.Id, tool.Source);

    /// <summary>An entry of one of the maps at the top.</summary>
    public PolicyNode Entry(string map, string name, JsonElement value) => Top.Member(map, default).Key(name, value);

    private LintedAgent ReadAgent(AgentEntry agent)
    {
        PolicyNode node = Entry("agents", agent.Name, agent.Source);
        int before = _rules.Count;
        AddDenies(agent.Deny, node);
        bool[] denied = [.. DeniedToAll];
        Forbid(denied, _rules.Skip(before));
        var grants = agent.Grants.Select((g, i) => new LintedGrant(g, Item(node, "grants", i, g.Source), Tools.Covered(g), IsEligible: false));
        var eligible = agent.Eligible.Select(static e => new GrantRule(e.Id, e.Tools, e.Access, e.Where, e.Source))
            .Select((g, i) => new LintedGrant(g, Item(node, "eligible", i, g.Source), Tools.Covered(g), IsEligible: true));
        return new LintedAgent(agent, node, [.. grants], [.. eligible], denied);
    }

    private void AddRisks(IReadOnlyList<RiskRule> risks, PolicyNode owner) =>
        _rules.AddRange(risks.Select((r, i) => new LintedRule(false, r.Id, r.Tools, r.Access, r.When, r.Says, Item(owner, "risks", i, r.Source), Tools.Concerned(r.Tools, r.Access))));

    private void AddDenies(IReadOnlyList<DenyRule> denies, PolicyNode owner) =>
        _rules.AddRange(denies.Select((d, i) => new LintedRule(true, d.Id, d.Tools, d.Access, d.Where, d.Says, Item(owner, "deny", i, d.Source), Tools.Concerned(d.Tools, d.Access))));

    // The document has no entry that the model lacks: a policy with an error has no model.
    private static PolicyNode Item(PolicyNode owner, string list, int at, JsonElement value) => new(value, $"{owner.Path}.{list}[{at}]");

    private static void Forbid(bool[] denied, IEnumerable<LintedRule> rules)
    {
        foreach (LintedRule rule in rules.Where(static r => r.IsDeny && r.Condition is null))
        {
            foreach (int tool in rule.Concerned)
            {
                denied[tool] = true;
            }
        }
    }
}
