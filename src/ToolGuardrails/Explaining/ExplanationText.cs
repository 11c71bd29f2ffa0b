using System.Globalization;
using System.Text;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>An explanation as a person reads it, in a terminal or under a failed test.</summary>
internal static class ExplanationText
{
    public static string Of(PolicyExplanation explanation)
    {
        var text = new StringBuilder(Head(explanation)).Append('\n').Append(explanation.Reason).Append('\n');
        if (explanation.Tier != RiskTier.Unclassified)
        {
            text.Append(CultureInfo.InvariantCulture, $"The call's tier is {PolicyWords.InWords(explanation.Tier)}; the tool's own is {PolicyWords.InWords(explanation.ToolTier)}, and the ceiling is {PolicyWords.InWords(explanation.Ceiling)}.\n");
        }

        if (explanation.Mode == EnforcementMode.Observe)
        {
            text.Append(explanation.IsLetThrough || explanation.Effect == Effect.Allow ? "The policy only observes: the call runs.\n" : "The policy only observes, and stops this call all the same.\n");
        }

        text.Append('\n');
        AppendRules(text, explanation);
        return text.ToString().TrimEnd('\n');
    }

    private static string Head(PolicyExplanation explanation)
    {
        string agents = string.Join(" under ", explanation.Agents.Select(PolicyErrors.Quote));
        string tool = PolicyErrors.Quote(explanation.Tool);
        return explanation.Effect switch
        {
            Effect.Allow => $"ALLOWED: {agents} may make this call of {tool} ({explanation.Code}).",
            Effect.RequireApproval => $"NEEDS APPROVAL: {agents} may make this call of {tool} once a human agrees ({explanation.Code}).",
            _ => $"DENIED: {agents} may not make this call of {tool} ({explanation.Code}).",
        };
    }

    private static void AppendRules(StringBuilder text, PolicyExplanation explanation)
    {
        IReadOnlyList<PolicyRuleFinding> findings = explanation.Findings;
        int rules = findings.Select(static f => f.Rule).Distinct().Count();
        if (findings.All(static f => f.Match is PolicyRuleMatch.NotReached or PolicyRuleMatch.NotConcerned) && findings.Any(static f => f.Match == PolicyRuleMatch.NotReached))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Count(rules, "rule names", "rules name")} the tool; none was looked at, because the call was denied before.\n");
        }
        else if (rules > 0)
        {
            AppendKind(text, findings, PolicyRuleKind.Deny, "Denies");
            AppendKind(text, findings, PolicyRuleKind.Grant, "Grants");
            if (findings.Any(static f => f.Rule.Kind == PolicyRuleKind.Eligible))
            {
                AppendKind(text, findings, PolicyRuleKind.Eligible, "Eligible");
            }

            AppendKind(text, findings, PolicyRuleKind.Risk, "Risks");
        }

        string others = rules > 0 ? Count(explanation.OtherRules, "other rule is", "other rules are") : Count(explanation.OtherRules, "rule is", "rules are");
        text.Append(others).Append(" about other tools or agents.");
    }

    private static void AppendKind(StringBuilder text, IReadOnlyList<PolicyRuleFinding> findings, PolicyRuleKind kind, string heading)
    {
        text.Append(heading).Append(":\n");
        string[] lines = [.. findings.Where(f => f.Rule.Kind == kind).Select(Line).Distinct(StringComparer.Ordinal)];
        text.AppendJoin("", lines.Length > 0 ? lines : ["    none\n"]);
    }

    // A rule of every agent says the same to most of them; what is said twice is shown once.
    private static string Line(PolicyRuleFinding finding) => $"  {(finding.Counts ? '*' : '-')} {finding.Text} ({finding.Rule.Path})\n";

    private static string Count(int count, string one, string several) => FormattableString.Invariant($"{count} {(count == 1 ? one : several)}");
}
