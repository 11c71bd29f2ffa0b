using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class CheckpointTests : IDisposable
{
    private readonly SampleLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task The_newest_checkpoint_is_printed_to_the_byte()
    {
        Assert.Equal(_log.Log.Note, (await Checkpoint()).With(ExitCode.Done).Out);
        (await Checkpoint("--out", _log.File("kept.txt"))).With(ExitCode.Done);
        Assert.Equal(_log.Log.Note, File.ReadAllText(_log.File("kept.txt")));
        Assert.Contains("exists already", (await Checkpoint("--out", _log.File("kept.txt"))).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_it_has_its_parts_and_the_logs_keys()
    {
        using JsonDocument json = JsonDocument.Parse((await Checkpoint("--json")).With(ExitCode.Done).Out);
        Assert.Equal(4, json.RootElement.GetProperty("checkpoint").GetProperty("size").GetInt64());
        Assert.Equal(_log.Log.Note, json.RootElement.GetProperty("checkpoint").GetProperty("note").GetString());
        Assert.Equal([_log.Log.VerifierKey], json.RootElement.GetProperty("vkeys").EnumerateArray().Select(static k => k.GetString()));
    }

    [Fact]
    public async Task The_proof_since_an_older_checkpoint_verifies()
    {
        string old = _log.Keep("old.txt", _log.Log.Note);
        _log.Log.Add(Records.Prompt("And 1008?")).Seal().Write();
        CliRun proof = (await Checkpoint("--since", old)).With(ExitCode.Done);
        string file = _log.Keep("proof.json", proof.Out);
        CliRun verified = (await CliRun.OfAsync("verify", file, "--key", _log.KeyFile)).With(ExitCode.Done);
        Assert.StartsWith("The proof is valid: the log guardrails.local/log/by-hand of 6 records begins with exactly the 4 records", verified.Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await CliRun.OfAsync("verify", file, "--key", _log.KeyFile, "--json")).With(ExitCode.Done).Out);
        Assert.Equal("consistency", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal(4, json.RootElement.GetProperty("first").GetProperty("size").GetInt64());
        Assert.Equal(6, json.RootElement.GetProperty("second").GetProperty("size").GetInt64());

        string changed = _log.Keep("changed.json", proof.Out.Replace("\"proof\":[\"", "\"proof\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"", StringComparison.Ordinal));
        Assert.StartsWith("The consistency proof isn't valid. ", (await CliRun.OfAsync("verify", changed, "--key", _log.KeyFile)).With(ExitCode.Damaged).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_history_gives_no_proof()
    {
        using var other = new HandMadeLog(_log.File("other"));
        other.Add(Records.Prompt("x")).Seal();
        Assert.Contains("The first checkpoint of 2 records names a", (await Checkpoint("--since", _log.Keep("other.txt", other.Note))).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_without_a_seal_has_no_checkpoint()
    {
        using var log = new SampleLog(isSealed: false);
        Assert.Contains("has no seal yet", (await CliRun.OfAsync("checkpoint", "--audit", log.Directory)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_an_unsigned_log_says_so_on_the_error_stream()
    {
        using var log = new SampleLog(isSigned: false);
        CliRun run = (await CliRun.OfAsync("checkpoint", "--audit", log.Directory)).With(ExitCode.Done);
        Assert.Equal(log.Log.Note, run.Out);
        Assert.Contains("isn't signed", run.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> Checkpoint(params string[] more) => CliRun.OfAsync(["checkpoint", "--audit", _log.Directory, .. more]);
}
