namespace ToolGuardrails.Cli;

/// <summary><c>guardrails approvals</c>: the requests that wait for people, and the answers to them.</summary>
internal sealed class ApprovalsCommand : ExplainedCommand
{
    public ApprovalsCommand(Terminal terminal)
        : base("approvals", "List and show what waits for a person's approval, and approve, reject or edit it as the operating system's user.")
    {
        Add(new ApprovalListCommand(terminal));
        Add(new ApprovalShowCommand(terminal));
        Add(new ApproveCommand(terminal));
        Add(new RejectCommand(terminal));
        Add(new EditCommand(terminal));
    }

    public override string Example => "guardrails approvals list --store guardrails.db";
}
