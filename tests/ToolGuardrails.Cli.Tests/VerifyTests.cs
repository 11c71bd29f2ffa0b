using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class VerifyTests : IDisposable
{
    private readonly SampleLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task An_intact_log_ends_with_0_and_its_report()
    {
        CliRun run = (await Verify()).With(ExitCode.Done);
        Assert.StartsWith("INTACT.\n", run.Out, StringComparison.Ordinal);
        Assert.Equal((await AuditLogVerifier.VerifyAsync(_log.Directory)).ToText(), run.Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task The_report_as_json_has_every_member_of_the_report()
    {
        CliRun run = (await Verify("--json", "--key", _log.KeyFile, "--checkpoint", _log.Keep("kept.txt", _log.Log.Note + "\n"))).With(ExitCode.Done);
        using JsonDocument json = JsonDocument.Parse(run.Out);
        IEnumerable<string> members = typeof(AuditLogReport).GetProperties().Select(static p => p.Name switch
        {
            nameof(AuditLogReport.DirectoryPath) => "directory",
            _ => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name.StartsWith("Is", StringComparison.Ordinal) ? p.Name[2..] : p.Name),
        });
        Assert.Equal(members.Append("kind").Order(StringComparer.Ordinal), json.RootElement.EnumerateObject().Select(static m => m.Name).Order(StringComparer.Ordinal));
        Assert.True(json.RootElement.GetProperty("intact").GetBoolean());
        Assert.True(json.RootElement.GetProperty("key_pinned").GetBoolean());
        Assert.Equal(5, json.RootElement.GetProperty("records").GetInt64());
        Assert.Equal(4, json.RootElement.GetProperty("sealed_records").GetInt64());
        Assert.Equal(4, json.RootElement.GetProperty("anchored_records").GetInt64());
        Assert.Equal("2026-11-22T11:13:04.9763702Z", json.RootElement.GetProperty("sealed_at").GetString());
        Assert.Equal(_log.Log.Note, json.RootElement.GetProperty("checkpoint").GetProperty("note").GetString());
    }

    [Fact]
    public async Task A_changed_record_ends_with_1_and_says_which_and_where()
    {
        File.WriteAllText(_log.Log.Segment, File.ReadAllText(_log.Log.Segment).Replace("1007?", "1008?", StringComparison.Ordinal));
        CliRun run = (await Verify()).With(ExitCode.Damaged);
        Assert.StartsWith("NOT INTACT", run.Out, StringComparison.Ordinal);
        Assert.Contains("segments/00000000000000000000.jsonl line 2 (record 1)", run.Out, StringComparison.Ordinal);

        using JsonDocument json = JsonDocument.Parse((await Verify("--json")).With(ExitCode.Damaged).Out);
        JsonElement damage = json.RootElement.GetProperty("damage").EnumerateArray().First(static d => d.GetProperty("record").ValueKind == JsonValueKind.Number);
        Assert.Equal(
            typeof(AuditLogDamage).GetProperties().Select(static p => p.Name == nameof(AuditLogDamage.IsDerived) ? "derived" : JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)).Order(StringComparer.Ordinal),
            damage.EnumerateObject().Select(static m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal(1, damage.GetProperty("record").GetInt64());
        Assert.Equal("line", damage.GetProperty("kind").GetString());
        Assert.Equal("segments/00000000000000000000.jsonl", damage.GetProperty("file").GetString());
    }

    [Fact]
    public async Task An_unsigned_log_ends_with_3()
    {
        using var log = new SampleLog(isSigned: false);
        Assert.StartsWith("INTACT, BUT UNSIGNED", (await CliRun.OfAsync("verify", log.Directory)).With(ExitCode.Unsigned).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_logs_key_or_checkpoint_ends_with_1()
    {
        using var other = new SampleLog();
        (await Verify("--key", other.KeyFile)).With(ExitCode.Damaged);
        (await Verify("--checkpoint", other.Keep("kept.txt", other.Log.Note))).With(ExitCode.Damaged);
        (await Verify("--checkpoint", _log.Keep("kept.txt", _log.Log.Note), "--key", _log.Log.VerifierKey, "--all-signatures")).With(ExitCode.Done);
    }

    [Fact]
    public async Task Several_files_of_checkpoints_are_all_held_against_the_log()
    {
        string old = _log.Keep("old.txt", _log.Log.Note);
        _log.Log.Add(Records.Prompt("And 1008?")).Seal().Write();
        string[] both = ["--checkpoint", old, "--checkpoint", _log.Keep("new.txt", JsonSerializer.Serialize(_log.Log.Note) + "\n")];
        (await Verify(both)).With(ExitCode.Done);

        // Rolled back to the older one: the newer one shows it, the older one doesn't.
        string[] lines = File.ReadAllLines(_log.Log.Segment);
        File.WriteAllText(_log.Log.Segment, string.Join('\n', lines[..5]) + "\n");
        File.WriteAllBytes(Path.Combine(_log.Directory, "tiles", "0", "00000000000000000000.bin"), File.ReadAllBytes(Path.Combine(_log.Directory, "tiles", "0", "00000000000000000000.bin"))[..(5 * 32)]);
        File.Copy(old, Path.Combine(_log.Directory, "checkpoint"), overwrite: true);
        (await Verify(both[..2])).With(ExitCode.Done);
        (await Verify(both)).With(ExitCode.Damaged);
    }

    [Theory]
    [InlineData("not json", "it has no member 'format'")]
    [InlineData("[]", "it has no member 'format'")]
    [InlineData("{\"format\":\"guardrails-log/1\"}", "its format is 'guardrails-log/1'")]
    [InlineData("{\"format\":\"guardrails-receipt/2\"}", "its format is 'guardrails-receipt/2'")]
    public async Task A_file_of_another_kind_is_refused_with_the_way_out(string content, string says)
    {
        string sentence = (await CliRun.OfAsync("verify", _log.Keep("x", content))).Refused();
        Assert.Contains(says, sentence, StringComparison.Ordinal);
        Assert.Contains("To verify a log, give its directory", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"format\":\"guardrails-receipt/1\"}")]
    [InlineData("{\"format\":\"guardrails-consistency/1\",\"first\":1}")]
    public async Task A_proof_that_is_not_one_is_refused(string content) =>
        (await CliRun.OfAsync("verify", _log.Keep("x", content), "--key", _log.KeyFile)).Refused();

    [Theory]
    [InlineData("--key", "no such file or key", "is neither a verifier key")]
    [InlineData("--key", "FILE:nothing here", "has a line that isn't a verifier key")]
    [InlineData("--key", "FILE:\n", "holds no verifier key")]
    [InlineData("--key", "name+00000000+AAAA", "name+00000000+AAAA")]
    [InlineData("--checkpoint", "FILE:not a checkpoint", "can't be read as checkpoints")]
    [InlineData("--checkpoint", "FILE:", "no checkpoint")]
    public async Task Keys_and_checkpoints_that_are_none_are_refused(string option, string value, string says)
    {
        string given = value.StartsWith("FILE:", StringComparison.Ordinal) ? _log.Keep("given", value[5..]) : value;
        Assert.Contains(says, (await Verify(option, given)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_beside_a_receipt_is_wrong_usage() =>
        Assert.Contains("are for a log's directory", (await CliRun.OfAsync("verify", _log.KeyFile, "--checkpoint", _log.Keep("kept.txt", _log.Log.Note))).Refused(), StringComparison.Ordinal);

    [Fact]
    public async Task A_progress_bar_is_shown_to_a_person_and_is_not_in_the_output()
    {
        CliRun watched = (await CliRun.OfAsync(["verify", _log.Directory], static (o, e) => new Terminal(o, e) { IsWatched = true })).With(ExitCode.Done);
        Assert.Contains("Verifying", watched.Error, StringComparison.Ordinal);
        Assert.Equal((await Verify()).Out, watched.Out);
    }

    [Fact]
    public async Task Names_of_files_in_the_log_cannot_steer_the_terminal()
    {
        File.WriteAllText(Path.Combine(_log.Directory, "x\u001b[2J\nINTACT.\u202E"), "");
        CliRun run = await Verify();
        Assert.Single(run.Lines, static l => l.StartsWith("INTACT.", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Out);
        Assert.DoesNotContain('\u202E', run.Out);
    }

    private Task<CliRun> Verify(params string[] more) => CliRun.OfAsync(["verify", _log.Directory, .. more]);
}
