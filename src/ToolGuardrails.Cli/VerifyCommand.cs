using System.CommandLine;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails verify</c>: says whether a log, a receipt or a consistency proof is what it claims to be.</summary>
internal sealed class VerifyCommand : ExplainedCommand
{
    private const string Receipt = "guardrails-receipt/1";
    private const string Consistency = "guardrails-consistency/1";

    private readonly Argument<string> _path = new("PATH") { Description = "A log's directory, a receipt file, or a consistency file." };
    private readonly Option<string[]> _checkpoints = new("--checkpoint") { Description = "A file with checkpoints kept elsewhere, that the log must fit. May be given several times.", HelpName = "FILE" };
    private readonly Option<string[]> _keys = new("--key") { Description = "A verifier key that you trust, or a file with one or more, one a line. May be given several times.", HelpName = "FILE-OR-KEY" };
    private readonly Option<bool> _allSignatures = new("--all-signatures") { Description = "Check the signature of every seal, not only of the last one and of each change of key." };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public VerifyCommand(Terminal terminal)
        : base("verify", "Verify a log, a receipt or a consistency file. It changes nothing.")
    {
        _terminal = terminal;
        Add(_path);
        Add(_checkpoints);
        Add(_keys);
        Add(_allSignatures);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails verify audit --key log.vkey --checkpoint kept.txt";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "the log is intact, or the proof is valid"),
        (ExitCode.Damaged, "damage was found, or the proof isn't valid"),
        (ExitCode.Unusable, "wrong usage, or input that can't be read"),
        (ExitCode.Unsigned, "the log is intact, but isn't signed"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_path)!;
        IReadOnlyList<string> keys = await InputFile.ReadKeysAsync(parsed.GetValue(_keys) ?? [], cancellationToken).ConfigureAwait(false);
        var options = new AuditLogVerification { AllSignatures = parsed.GetValue(_allSignatures) };
        foreach (string key in keys)
        {
            options.Keys.Add(key);
        }

        foreach (string file in parsed.GetValue(_checkpoints) ?? [])
        {
            foreach (AuditCheckpoint checkpoint in await InputFile.ReadCheckpointsAsync(file, cancellationToken).ConfigureAwait(false))
            {
                options.Checkpoints.Add(checkpoint);
            }
        }

        bool asJson = parsed.GetValue(_json);
        if (Directory.Exists(path))
        {
            return await LogVerdict.RunAsync(_terminal, path, options, asJson, cancellationToken).ConfigureAwait(false);
        }

        if (!File.Exists(path))
        {
            throw new CommandException($"There is no directory and no file '{path}'. Give a log's directory, a receipt file or a consistency file.");
        }

        if (options.Checkpoints.Count > 0 || options.AllSignatures)
        {
            throw new CommandException($"--checkpoint and --all-signatures are for a log's directory, and '{path}' is a file. Leave them out.");
        }

        string content = await InputFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        return FormatOf(content) switch
        {
            Receipt => ProofVerdict.OfReceipt(_terminal, AuditReceipt.Parse(content), keys, asJson),
            Consistency => ProofVerdict.OfConsistency(_terminal, AuditConsistencyProof.Parse(content), keys, asJson),
            var other => throw new CommandException($"The file '{path}' is neither a receipt ('{Receipt}') nor a consistency proof ('{Consistency}'): {(other is null ? "it has no member 'format'" : $"its format is '{other}'")}. To verify a log, give its directory."),
        };
    }

    private static string? FormatOf(string content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String
                ? format.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
