using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>Through which eligible entries a call that no grant allows could be given. An elevation adds scope and nothing else: what stands against the call otherwise still does.</summary>
internal static class PossibleElevations
{
    public static IReadOnlyList<PossibleElevation> Of(GuardrailPolicy policy, string[] agents, in ToolCall call, IReadOnlyList<PolicyRuleFinding> findings)
    {
        var slot = (PolicySlot)call.Resolved;
        if (call.SoFar.Reason.Code != DecisionCodes.ScopeNoGrant || !Fits(slot, call.Arguments.Snapshot!) || IsStopped(slot, findings))
        {
            return [];
        }

        var possible = new List<PossibleElevation>();
        foreach (string agent in agents.Distinct(StringComparer.Ordinal).Where(a => !Has(findings, a, PolicyRuleKind.Grant)))
        {
            // Every agent of the chain needs the reach.
            if (!Has(findings, agent, PolicyRuleKind.Eligible))
            {
                return [];
            }

            possible.AddRange(Matching(findings, agent, PolicyRuleKind.Eligible).Select(f => Make(policy.Model, f.Rule)));
        }

        return possible;
    }

    private static bool Fits(PolicySlot slot, ArgumentSnapshot arguments) => slot.Locate(arguments, new int[slot.Places]) is null;

    // Where no grant could ever match, a deny or a tier above the ceiling hasn't been looked at.
    private static bool IsStopped(PolicySlot slot, IReadOnlyList<PolicyRuleFinding> findings)
    {
        PolicyRule[] counting = [.. findings.Where(static f => f.Counts).Select(static f => f.Rule)];
        return counting.Any(static r => r.Kind == PolicyRuleKind.Deny) || counting.Select(static r => r.Raises).Append(slot.Tool.Tier).Max() > slot.Ceiling;
    }

    private static bool Has(IReadOnlyList<PolicyRuleFinding> findings, string agent, PolicyRuleKind kind) => Matching(findings, agent, kind).Any();

    private static IEnumerable<PolicyRuleFinding> Matching(IReadOnlyList<PolicyRuleFinding> findings, string agent, PolicyRuleKind kind) =>
        findings.Where(f => f.Agent == agent && f.Rule.Kind == kind && f.Match == PolicyRuleMatch.Matched);

    private static PossibleElevation Make(PolicyModel model, PolicyRule rule)
    {
        EligibleRule entry = model.Agents[rule.Agent!].Eligible.First(e => e.Id == rule.Id);
        return new PossibleElevation(rule, entry, model.GateOf(entry).Approvers);
    }
}
