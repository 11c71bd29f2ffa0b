using ToolGuardrails.Testing.Policies;

namespace ToolGuardrails;

/// <summary>Begins tests of a policy.</summary>
public static class PolicyTesting
{
    /// <summary>An agent of the policy, to say what it can and cannot do: <c>policy.For("support-agent").Cannot("db.write", """{"table":"orders"}""")</c>.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="agent">The agent's name in the policy.</param>
    public static AgentUnderTest For(this GuardrailPolicy policy, string agent)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentException.ThrowIfNullOrWhiteSpace(agent);
        return new AgentUnderTest(new Caller(policy, agent), coverage: null);
    }
}
