using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>All rules of a policy with their places. A model has come of a document without errors, so each list of it is as long as the document's.</summary>
internal sealed class RuleList
{
    private readonly List<(PolicyRule Rule, JsonElement Source)> _rules = [];

    private RuleList()
    {
    }

    public static IReadOnlyList<PolicyRule> Of(PolicyModel model, JsonElement root)
    {
        var list = new RuleList();
        foreach (ToolEntry tool in model.Tools.Values)
        {
            list.AddRisks(tool.Risks, $"$.tools['{tool.Info.Id}'].risks");
        }

        foreach (AgentEntry agent in model.Agents.Values)
        {
            string path = $"$.agents['{agent.Name}']";
            list.AddGrants(agent, path + ".grants");
            list.AddEligible(agent, path + ".eligible");
            list.AddDenies(agent.Deny, path + ".deny", agent.Name);
        }

        list.AddRisks(model.Risks, "$.risks");
        list.AddDenies(model.Deny, "$.deny", agent: null);
        return list.InOrder(root);
    }

    private void AddGrants(AgentEntry agent, string path)
    {
        foreach ((int at, GrantRule grant) in agent.Grants.Index())
        {
            _rules.Add((new PolicyRule(PolicyRuleKind.Grant, grant.Id, $"{path}[{at}]", agent.Name, grant.Tools) { Access = grant.Access, Condition = grant.Where }, grant.Source));
        }
    }

    private void AddEligible(AgentEntry agent, string path)
    {
        foreach ((int at, EligibleRule entry) in agent.Eligible.Index())
        {
            _rules.Add((new PolicyRule(PolicyRuleKind.Eligible, entry.Id, $"{path}[{at}]", agent.Name, entry.Tools) { Access = entry.Access, Condition = entry.Where }, entry.Source));
        }
    }

    private void AddDenies(IReadOnlyList<DenyRule> denies, string path, string? agent)
    {
        foreach ((int at, DenyRule deny) in denies.Index())
        {
            _rules.Add((new PolicyRule(PolicyRuleKind.Deny, deny.Id, $"{path}[{at}]", agent, deny.Tools) { Access = deny.Access, Condition = deny.Where, Says = deny.Says }, deny.Source));
        }
    }

    private void AddRisks(IReadOnlyList<RiskRule> risks, string path)
    {
        foreach ((int at, RiskRule risk) in risks.Index())
        {
            _rules.Add((new PolicyRule(PolicyRuleKind.Risk, risk.Id, $"{path}[{at}]", agent: null, risk.Tools) { Access = risk.Access, Condition = risk.When, Raises = risk.Tier, Says = risk.Says }, risk.Source));
        }
    }

    // The parts of a document may stand in any order.
    private PolicyRule[] InOrder(JsonElement root) => [.. _rules.OrderBy(r => PolicySource.OffsetOf(r.Source, root)).Select(static r => r.Rule)];
}
