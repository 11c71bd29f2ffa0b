using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>Why the decision is what it is, in a sentence about this very call.</summary>
internal sealed class DecisionText(GuardrailPolicy policy, string[] agents, string tool, IReadOnlyList<PolicyRuleFinding> findings, IReadOnlyList<PossibleElevation> elevations)
{
    public string Of(in ToolCall call, TierGate? gate)
    {
        VerdictReason reason = call.SoFar.Reason;
        return reason.Code switch
        {
            DecisionCodes.ScopeUnknownTool => $"The policy doesn't know the tool {Quote(tool)}{NearMiss.Hint(tool, policy.Model.Tools.Keys, ".")}",
            DecisionCodes.ScopeUnknownAgent => UnknownAgent(),
            DecisionCodes.ArgumentsUndeclared or DecisionCodes.ArgumentsMissing or DecisionCodes.ArgumentsKind => Misfit(call, reason),
            DecisionCodes.ScopeDenied => Denied(reason),
            DecisionCodes.ScopeNoGrant => string.Join(' ', [NoGrant(), .. elevations.Select(Elevation)]),
            DecisionCodes.TierAboveAgent => AboveAgent(call),
            DecisionCodes.ApprovalNobody => $"{GateText.Of(call.Tier, gate!)}, and {Nobody(gate!)}.",
            DecisionCodes.ApprovalRequired => $"{GateText.Of(call.Tier, gate!)}; approvers: {GateText.Approvers(gate!)}.",
            DecisionCodes.Allowed => $"{(agents.Length == 1 ? $"{Quote(agents[0])} has" : "Every agent of the chain has")} a grant that matches, no deny counts, and {GateText.None(call.Tier)}.",
            _ => reason.Text,
        };
    }

    private static string Quote(string text) => PolicyErrors.Quote(text);

    private static string Nobody(TierGate gate) =>
        gate.Approvers.Count == 0 ? "the policy lists nobody who may give it" : "only the person it is made for may give it, and it is made for nobody";

    private string UnknownAgent()
    {
        string unknown = agents.First(a => !policy.Model.Agents.ContainsKey(a));
        return $"The policy doesn't know the agent {Quote(unknown)}{NearMiss.Hint(unknown, policy.Model.Agents.Keys, ".")}";
    }

    private string Misfit(in ToolCall call, VerdictReason reason)
    {
        ArgumentSnapshot arguments = call.Arguments.Snapshot!;
        IReadOnlyDictionary<string, ArgumentKind> declared = policy.Model.Tools[tool].Arguments!;
        string name = ((PolicySlot)call.Resolved).Arguments!.Misfit(arguments)!;
        string value = arguments.TryFind(name, out ArgumentMember member) ? ValueText.Shown(arguments.Raw(member)) : ValueText.Absent;
        return reason.Code switch
        {
            DecisionCodes.ArgumentsUndeclared => $"The policy doesn't declare the argument {Quote(name)} for '{tool}'{NearMiss.Hint(name, declared.Keys, ".")}",
            DecisionCodes.ArgumentsMissing => $"The argument {Quote(name)} is {value}, and the policy requires it for '{tool}'.",
            _ => $"The argument {Quote(name)} is {value}, and the policy declares it as '{ArgumentReader.InWords(declared[name].Type)}' for '{tool}'.",
        };
    }

    private string Denied(VerdictReason reason)
    {
        PolicyRuleFinding denied = findings.First(f => f.Rule.Id == reason.RuleId && f.Counts);
        return denied.Rule.Says is { } says ? $"{denied.Text} It says: {Quote(says)}." : denied.Text;
    }

    // The first agent for which nothing speaks; grants that nobody has looked at speak neither way.
    private string NoGrant()
    {
        ILookup<string, PolicyRuleFinding> grants = findings.Where(static f => f.Rule.Kind == PolicyRuleKind.Grant).ToLookup(static f => f.Agent, StringComparer.Ordinal);
        string agent = agents.First(a => grants[a].All(static f => f.Match is not (PolicyRuleMatch.Matched or PolicyRuleMatch.NotReached)));
        int reaching = grants[agent].Count(static f => f.Match != PolicyRuleMatch.NotConcerned);
        return reaching switch
        {
            0 => $"{Quote(agent)} has no grant that reaches '{tool}'.",
            1 => $"The one grant of {Quote(agent)} that reaches '{tool}' doesn't match.",
            _ => FormattableString.Invariant($"None of the {reaching} grants of {Quote(agent)} that reach '{tool}' matches."),
        };
    }

    private string Elevation(PossibleElevation possible)
    {
        string calls = FormattableString.Invariant($"{possible.Uses} {(possible.Uses == 1 ? "call" : "calls")}");
        string givers = GateText.Givers(policy.Model.GateOf(possible.Entry));
        return $"It could be given to {Quote(possible.Agent)} for a while through '{possible.Rule.Id}', for {PolicyDraft.Span(possible.For)} and {calls}, approved by {givers}.";
    }

    private string AboveAgent(in ToolCall call)
    {
        string lowest = agents.MinBy(a => policy.Model.Agents[a].Tier)!;
        RiskTier tier = call.Tier == RiskTier.Unclassified ? call.Tool.Tier : call.Tier;
        return $"The call is of tier {PolicyWords.InWords(tier)}, and the ceiling of {Quote(lowest)} is {PolicyWords.InWords(policy.Model.Agents[lowest].Tier)}.";
    }
}
