using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Looks for what loads and is probably not what was meant. No step compares every agent with every rule and every tool, so that large policies are quick too.</summary>
internal static class PolicyLinter
{
    /// <summary>Lints a policy.</summary>
    /// <param name="model">The policy as read.</param>
    /// <param name="root">The document that it was read from.</param>
    public static IReadOnlyList<PolicyLint> Lint(PolicyModel model, JsonElement root)
    {
        var policy = new LintedPolicy(model, root);
        foreach (LintedAgent agent in policy.Agents)
        {
            GrantLints.Check(policy, agent);
            ShadowedGrants.Check(policy, agent);
            TrifectaLint.Check(policy, agent);
        }

        TierLints.Check(policy);
        ConditionLints.Check(policy);
        FactLints.Check(policy);
        UnusedLints.Check(policy);
        NameLints.Check(policy);
        return policy.Findings.InOrder();
    }
}
