namespace ToolGuardrails.Cli;

/// <summary><c>guardrails grants</c>: what people have given for a while.</summary>
internal sealed class GrantsCommand : ExplainedCommand
{
    public GrantsCommand(Terminal terminal)
        : base("grants", "List elevations, broken glasses and standing approvals, and take them back.")
    {
        Add(new GrantListCommand(terminal));
        Add(new GrantRevokeCommand(terminal));
    }

    public override string Example => "guardrails grants list --store guardrails.db";
}
