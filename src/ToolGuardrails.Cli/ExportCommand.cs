using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails export</c>: the log as other transparency-log tools read it.</summary>
internal sealed class ExportCommand : ExplainedCommand
{
    private readonly Option<string> _audit = CommandOptions.Audit();
    private readonly Option<string> _tiles = new("--tlog-tiles") { Description = "The directory to write, in the form of c2sp.org/tlog-tiles. It must not exist yet, or be empty.", HelpName = "OUT", Required = true };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public ExportCommand(Terminal terminal)
        : base("export", "Export the log up to its newest checkpoint in a form that other transparency-log tools verify.")
    {
        _terminal = terminal;
        Add(_audit);
        Add(_tiles);
        Add(_json);
        SetAction(Run);
    }

    public override string Example => "guardrails export --audit audit --tlog-tiles tiles";

    private int Run(ParseResult parsed)
    {
        string directory = parsed.GetValue(_audit)!, target = parsed.GetValue(_tiles)!;
        using AuditLogReader log = AuditLogReader.Open(directory);
        AuditCheckpoint checkpoint = log.LatestCheckpoint
            ?? throw new CommandException($"The log '{directory}' has no seal yet, so there is nothing to export. Seal it (AuditLog.SealAsync), or close it.");
        log.ExportTiles(target);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteString("directory", target);
                json.WriteBoolean("signed", log.IsSigned);
                JsonOutput.WriteTexts(json, "vkeys", log.VerifierKeys);
                JsonOutput.WriteCheckpoint(json, "checkpoint", checkpoint);
            });
        }
        else
        {
            _terminal.Write(FormattableString.Invariant($"Exported {checkpoint.Size} records of {checkpoint.Origin} to '{target}'."));
        }

        return ExitCode.Done;
    }
}
