using ToolGuardrails.Approval;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>Puts an explanation together: what the stages decided, and what each rule had to do with it.</summary>
internal static class Explainer
{
    public static PolicyExplanation Explain(GuardrailPolicy policy, PolicyQuestion question)
    {
        ToolCall call = AskedCall.Judge(policy, question);
        var slot = (PolicySlot)call.Resolved;
        string[] agents = [question.Agent, .. question.Ancestors];
        IReadOnlyList<PolicyRuleFinding> findings = RuleFindings.Of(policy, agents, question.Tool, call);
        IReadOnlyList<PossibleElevation> elevations = PossibleElevations.Of(policy, agents, call, findings);
        Verdict verdict = call.SoFar;
        bool reachesGate = verdict.Effect != Effect.Deny || verdict.Reason == Reasons.ApprovalNobody;
        TierGate? gate = reachesGate ? ApprovalNeed.GateFor(call) : null;
        return new PolicyExplanation
        {
            Tool = question.Tool,
            Agents = agents,
            Effect = verdict.Effect,
            Code = verdict.Reason.Code,
            Reason = new DecisionText(policy, agents, question.Tool, findings, elevations).Of(call, gate),
            Tier = call.Tier,
            Gate = gate?.Approval ?? ApprovalGate.Unspecified,
            Approvers = gate is null || gate.Approval == ApprovalGate.None ? [] : gate.Approvers,
            Quorum = gate?.Quorum ?? 1,
            NeedsComment = gate?.NeedsComment ?? false,
            Escalation = gate?.Escalation,
            Elevations = elevations,
            Findings = findings,
            OtherRules = policy.Rules.Count - findings.Select(static f => f.Rule).Distinct().Count(),
            Mode = slot.Terms.Observes ? EnforcementMode.Observe : EnforcementMode.Enforce,
            IsLetThrough = call.IsLetThrough,
            ToolTier = slot.Tool.Tier,
            Ceiling = slot.Ceiling,
        };
    }
}
