namespace ToolGuardrails;

/// <summary>What one rule said to one call, judged for one agent of the chain.</summary>
public sealed class PolicyRuleFinding
{
    internal PolicyRuleFinding(PolicyRule rule, string agent, PolicyRuleMatch match, string text)
    {
        Rule = rule;
        Agent = agent;
        Match = match;
        Text = text;
    }

    /// <summary>The rule; the same object as in <see cref="GuardrailPolicy.Rules"/>.</summary>
    public PolicyRule Rule { get; }

    /// <summary>The agent of the chain for which it was judged. A rule of every agent is judged for each, because <c>ctx.agent</c> differs.</summary>
    public string Agent { get; }

    /// <summary>Whether it matches.</summary>
    public PolicyRuleMatch Match { get; }

    /// <summary>Whether it has its effect: a grant that matches, a deny or a risk that matches or can't be ruled out. An eligible entry never has one by itself.</summary>
    public bool Counts => (Match == PolicyRuleMatch.Matched && Rule.Kind != PolicyRuleKind.Eligible) || (Match == PolicyRuleMatch.Undecided && Rule.Kind is PolicyRuleKind.Deny or PolicyRuleKind.Risk);

    /// <summary>One whole sentence that says why, naming the comparisons that decided. Values are canonical JSON with escapes for whatever could hide or deceive; a long one is cut, and its length stands behind it.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
