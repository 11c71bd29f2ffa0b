using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails approvals reject</c>: a no, which anybody may say.</summary>
internal sealed class RejectCommand : AnswerCommand
{
    private readonly Option<string> _reason;

    public RejectCommand(Terminal terminal)
        : this(terminal, StoreFile.Reason())
    {
    }

    private RejectCommand(Terminal terminal, Option<string> reason)
        : base(terminal, "reject", "Reject a request, or take back an approval that hasn't been used. The model is told the reason.", reason) => _reason = reason;

    public override string Example => "guardrails approvals reject 645a21652e464b82b3dce52dfbb87776 --reason \"the lamp was used\" --store guardrails.db";

    protected override string Done(ApprovalCase decided) => "REJECTED";

    protected override ValueTask<ApprovalResponse?> AnswerAsync(ParseResult parsed, ApprovalCase found, ApproverIdentity by, CancellationToken cancellationToken) =>
        new(ApprovalResponse.Reject(StoreFile.ReasonOf(parsed.GetValue(_reason)!), by));
}
