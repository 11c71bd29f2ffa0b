using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails checkpoint</c>: the log's newest checkpoint, or the proof that the log only grew since an older one.</summary>
internal sealed class CheckpointCommand : ExplainedCommand
{
    private readonly Option<string> _audit = CommandOptions.Audit();
    private readonly Option<string?> _since = new("--since") { Description = "A file with a checkpoint of this log from before: write the proof that the log has only grown since. Of several checkpoints the last one counts.", HelpName = "FILE" };
    private readonly Option<string?> _out = CommandOptions.Out("it");
    private readonly Option<bool> _force = CommandOptions.Force();
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public CheckpointCommand(Terminal terminal)
        : base("checkpoint", "Print the newest checkpoint, to be kept elsewhere; or, with --since, the proof that the log has only grown since an older one.")
    {
        _terminal = terminal;
        Add(_audit);
        Add(_since);
        Add(_out);
        Add(_force);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails checkpoint --audit audit --out kept.txt";

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string directory = parsed.GetValue(_audit)!;
        AuditCheckpoint? since = parsed.GetValue(_since) is { } file ? (await InputFile.ReadCheckpointsAsync(file, cancellationToken).ConfigureAwait(false))[^1] : null;
        using AuditLogReader log = AuditLogReader.Open(directory);
        AuditCheckpoint newest = log.LatestCheckpoint
            ?? throw new CommandException($"The log '{directory}' has no seal yet, so there is no checkpoint. Seal it (AuditLog.SealAsync), or close it.");
        string? proof = since is null ? null : log.ProveConsistency(since, newest).ToJson().TrimEnd('\n') + "\n";
        string? path = parsed.GetValue(_out);
        if (path is not null)
        {
            await OutputFile.WriteAsync(path, proof ?? newest.Note, parsed.GetValue(_force), cancellationToken).ConfigureAwait(false);
        }

        if (!log.IsSigned)
        {
            _terminal.WriteError($"The log '{directory}' isn't signed: its checkpoint shows accidents, not people.");
        }

        Print(parsed.GetValue(_json), path, log, newest, proof, since);
        return ExitCode.Done;
    }

    private void Print(bool asJson, string? path, AuditLogReader log, AuditCheckpoint newest, string? proof, AuditCheckpoint? since)
    {
        if (asJson && (path is not null || proof is null))
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteString("file", path);
                json.WriteBoolean("signed", log.IsSigned);
                JsonOutput.WriteTexts(json, "vkeys", log.VerifierKeys);
                JsonOutput.WriteCheckpoint(json, "checkpoint", newest);
                JsonOutput.WriteCheckpoint(json, "since", since);
            });
        }
        else if (path is null)
        {
            _terminal.Out.Write(proof ?? newest.Note);
        }
        else
        {
            _terminal.Write(FormattableString.Invariant($"Wrote {(proof is null ? "the checkpoint" : "the consistency proof up to the checkpoint")} of {newest.Size} records to '{path}'."));
        }
    }
}
