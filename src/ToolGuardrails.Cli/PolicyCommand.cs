namespace ToolGuardrails.Cli;

/// <summary><c>guardrails policy</c>: what is about a policy file, without a host and without a log.</summary>
internal sealed class PolicyCommand : ExplainedCommand
{
    public PolicyCommand(Terminal terminal)
        : base("policy", "Check a policy file, or explain rule by rule what it says to a call.")
    {
        Add(new PolicyCheckCommand(terminal));
        Add(new PolicyExplainCommand(terminal));
    }

    public override string Example => "guardrails policy check guardrails.json";
}
