using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>The sentence of one finding.</summary>
internal static class RuleText
{
    public static string Of(PolicyRule rule, PolicyRuleMatch match, string why) => (rule.Kind, match) switch
    {
        (_, PolicyRuleMatch.NotMatched) => $"{Name(rule)} doesn't match: {why}.",
        (PolicyRuleKind.Grant or PolicyRuleKind.Eligible, PolicyRuleMatch.Undecided) => $"{Name(rule)} doesn't match, because it can't be decided: {why}.",
        (_, PolicyRuleMatch.Undecided) => $"{Name(rule)} counts as matched, because it can't be ruled out{Effect(rule)}: {why}.",
        _ => $"{Name(rule)} matches{Effect(rule)}: {why}.",
    };

    public static string NotConcerned(PolicyRule rule, ToolEntry tool) => rule.GivesScope
        ? $"{Name(rule)} doesn't reach '{tool.Info.Id}': it lists {PolicyWords.InWords(rule.Access ?? ToolAccess.None)}, and the tool has {PolicyWords.InWords(tool.Info.Access)}."
        : $"{Name(rule)} isn't about '{tool.Info.Id}': it is about {PolicyWords.InWords(rule.Access ?? ToolAccess.None)}, and the tool has {PolicyWords.InWords(tool.Info.Access)}.";

    public static string NotReached(PolicyRule rule) => $"{Name(rule)} wasn't looked at, because the call was denied before.";

    private static string Effect(PolicyRule rule) =>
        rule.Kind == PolicyRuleKind.Risk ? $", so the call is of tier {PolicyWords.InWords(rule.Raises)} at least" : "";

    private static string Name(PolicyRule rule) => rule.Kind == PolicyRuleKind.Eligible ? $"Eligible entry '{rule.Id}'" : $"{rule.Kind} '{rule.Id}'";
}
