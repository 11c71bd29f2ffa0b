using System.CommandLine;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails approvals show</c>: one request as an approver reads it, and what has happened to it.</summary>
internal sealed class ApprovalShowCommand : ExplainedCommand
{
    private readonly Argument<string> _id = StoreFile.Request();
    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public ApprovalShowCommand(Terminal terminal)
        : base("show", "Show a request as an approver reads it, what people answered, and what came of it.")
    {
        _terminal = terminal;
        Add(_id);
        Add(_store);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails approvals show 645a21652e464b82b3dce52dfbb87776 --store guardrails.db";

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_store)!;
        using SqliteGuardrailStore store = StoreFile.Open(path, create: false, cancellationToken);
        ApprovalCase found = await StoreFile.FindAsync(new ApprovalInbox(store, store), path, parsed.GetValue(_id)!, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                ApprovalCaseText.WriteMembers(json, found);
                WriteLines(json, found.Request);
            });
        }
        else
        {
            ApprovalCaseText.Write(_terminal, found.Request);
            ApprovalCaseText.WriteHistory(_terminal, found);
        }

        return ExitCode.Done;
    }

    private static void WriteLines(Utf8JsonWriter json, ApprovalRequest request)
    {
        json.WriteStartArray("lines");
        foreach (ApprovalLine line in request.ToLines())
        {
            json.WriteStartObject();
            json.WriteString("section", JsonOutput.Word(line.Section));
            json.WriteNumber("level", line.Level);
            json.WriteString("label", line.Label);
            json.WriteString("text", line.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
