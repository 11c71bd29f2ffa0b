using System.CommandLine;
using System.Globalization;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails receipt</c>: the records of one call with the proof that they are in the log.</summary>
internal sealed class ReceiptCommand : ExplainedCommand
{
    private readonly Argument<string?> _call = new("CALL") { Description = "The call's id. May be left out with --record.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _audit = CommandOptions.Audit();
    private readonly Option<string?> _record = new("--record") { Description = "Only the record at this index, from 0.", HelpName = "INDEX" };
    private readonly Option<string?> _out = CommandOptions.Out("the receipt");
    private readonly Option<bool> _force = CommandOptions.Force();
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public ReceiptCommand(Terminal terminal)
        : base("receipt", "Write a receipt of one call: its records, and the proof that they are in the log. It verifies offline.")
    {
        _terminal = terminal;
        Add(_call);
        Add(_audit);
        Add(_record);
        Add(_out);
        Add(_force);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails receipt f6353c4b6f8cb7fd-3 --audit audit --out call.receipt.json";

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        AuditReceipt receipt = Create(parsed.GetValue(_audit)!, parsed.GetValue(_call), IndexOf(parsed.GetValue(_record)));
        if (parsed.GetValue(_out) is not { } path)
        {
            _terminal.Out.WriteLine(receipt.ToJson().TrimEnd('\n'));
            return ExitCode.Done;
        }

        await OutputFile.WriteAsync(path, receipt.ToJson().TrimEnd('\n') + "\n", parsed.GetValue(_force), cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteString("file", path);
                json.WriteString("call", receipt.CallId);
                json.WriteNumber("records", receipt.Records.Count);
                JsonOutput.WriteCheckpoint(json, "checkpoint", receipt.Checkpoint);
            });
        }
        else
        {
            _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"Wrote a receipt of {receipt.Records.Count} records, below the checkpoint of {receipt.Checkpoint.Size}, to '{path}'. To verify it: guardrails verify {Visible.Word(path)} --key KEY"));
        }

        return ExitCode.Done;
    }

    private static long? IndexOf(string? text) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index
        : throw new CommandException($"'{text}' isn't a record's index. Give --record a whole number from 0.");

    private static AuditReceipt Create(string directory, string? call, long? index)
    {
        if (call is null && index is null)
        {
            throw new CommandException("Give a call's id, or --record with a record's index.");
        }

        using AuditLogReader log = AuditLogReader.Open(directory);
        if (index is not { } at)
        {
            return log.CreateReceipt(call!);
        }

        if (at < log.FirstRecord || at >= log.Count)
        {
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"The log '{directory}' has no record {at}; its records are {log.FirstRecord} up to and including {log.Count - 1}."));
        }

        return call is null || log[at].Record.CallId == call
            ? log.CreateReceipt(at)
            : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"Record {at} isn't one of call '{call}'. Leave out one of the two."));
    }
}
