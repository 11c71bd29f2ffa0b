using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails approvals edit</c>: not this call, but one with other arguments, which is judged anew.</summary>
internal sealed class EditCommand : AnswerCommand
{
    private readonly Option<string> _arguments;
    private readonly Option<string?> _comment;

    public EditCommand(Terminal terminal)
        : this(
            terminal,
            new("--arguments") { Description = "The other arguments, whole: one JSON object, or @FILE for a file with one.", HelpName = "JSON|@FILE", Required = true },
            new("--comment") { Description = "A comment. It is recorded.", HelpName = "TEXT" })
    {
    }

    private EditCommand(Terminal terminal, Option<string> arguments, Option<string?> comment)
        : base(terminal, "edit", "Put other arguments in the place of the proposed ones. The call with them goes through every stage anew.", arguments, comment)
    {
        _arguments = arguments;
        _comment = comment;
    }

    public override string Example => "guardrails approvals edit 645a21652e464b82b3dce52dfbb87776 --arguments @refund.json --store guardrails.db";

    protected override string Done(ApprovalCase decided) => "EDITED";

    protected override async ValueTask<ApprovalResponse?> AnswerAsync(ParseResult parsed, ApprovalCase found, ApproverIdentity by, CancellationToken cancellationToken)
    {
        string given = parsed.GetValue(_arguments)!;
        ToolArguments arguments = given.StartsWith('@')
            ? ToolArguments.FromUtf8(await File.ReadAllBytesAsync(given[1..], cancellationToken).ConfigureAwait(false))
            : ToolArguments.FromJson(given);
        return ApprovalResponse.Edit(by, arguments, parsed.GetValue(_comment));
    }
}
