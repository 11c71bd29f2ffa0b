namespace ToolGuardrails;

/// <summary>What a guard's author tells <see cref="ToolGuardContract"/> about the guard.</summary>
public sealed class ToolGuardContractOptions
{
    /// <summary>Calls that the guard is about: a tool's id and arguments as JSON. From their arguments the odd calls are made as well. Name one for each verdict that the guard gives, with each of its reasons.</summary>
    /// <value>None: only odd calls of tools that the guard doesn't know.</value>
    public IList<(string Tool, string Arguments)> Calls { get; } = [];

    /// <summary>The policy under which <see cref="Calls"/> are made, for a guard that looks at a tool's tier, labels or access. Each call has to get past scope. Odd calls are made under the contract's own policy.</summary>
    /// <value>Null: the contract's own, which grants every tool.</value>
    public GuardrailPolicy? Policy { get; set; }

    /// <summary>The agent that makes the calls under <see cref="Policy"/>.</summary>
    /// <value>Null: the first of the policy's.</value>
    public string? Agent { get; set; }

    /// <summary>How long the guard may take over one call, by the real clock.</summary>
    /// <value>5 seconds, as <see cref="GuardrailOptions.GuardTimeout"/>.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);
}
