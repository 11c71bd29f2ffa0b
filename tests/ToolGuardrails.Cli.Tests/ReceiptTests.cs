using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class ReceiptTests : IDisposable
{
    private readonly SampleLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_receipt_on_standard_output_verifies_with_the_logs_key()
    {
        CliRun receipt = (await Receipt("c-1")).With(ExitCode.Done);
        Assert.Single(receipt.Lines);
        string file = _log.Keep("receipt.json", receipt.Out);
        CliRun verified = (await CliRun.OfAsync("verify", file, "--key", _log.KeyFile)).With(ExitCode.Done);
        Assert.StartsWith("The receipt is valid: its 2 records of call c-1 are in the log guardrails.local/log/by-hand of 4 records", verified.Out, StringComparison.Ordinal);
        Assert.Contains("decision  allow  allowed", verified.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_verifies_as_json_with_every_record()
    {
        (await Receipt("c-1", "--out", _log.File("r.json"))).With(ExitCode.Done);
        using JsonDocument json = JsonDocument.Parse((await CliRun.OfAsync("verify", _log.File("r.json"), "--key", _log.Log.VerifierKey, "--json")).With(ExitCode.Done).Out);
        Assert.Equal("receipt", json.RootElement.GetProperty("kind").GetString());
        Assert.True(json.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("problem").ValueKind);
        Assert.Equal("c-1", json.RootElement.GetProperty("call").GetString());
        Assert.Equal([2L, 3], json.RootElement.GetProperty("records").EnumerateArray().Select(static r => r.GetProperty("index").GetInt64()));
        Assert.Equal(4, json.RootElement.GetProperty("checkpoint").GetProperty("size").GetInt64());
    }

    [Theory]
    [InlineData("1007", "1008")]
    [InlineData("\"index\":2", "\"index\":1")]
    public async Task A_changed_receipt_is_not_valid_and_ends_with_1(string from, string to)
    {
        string receipt = (await Receipt("c-1")).Out;
        Assert.Contains(from, receipt, StringComparison.Ordinal);
        string file = _log.Keep("receipt.json", receipt.Replace(from, to, StringComparison.Ordinal));
        Assert.StartsWith("The receipt isn't valid. ", (await CliRun.OfAsync("verify", file, "--key", _log.KeyFile)).With(ExitCode.Damaged).Out, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse((await CliRun.OfAsync("verify", file, "--key", _log.KeyFile, "--json")).With(ExitCode.Damaged).Out);
        Assert.False(json.RootElement.GetProperty("valid").GetBoolean());
        Assert.NotEqual("", json.RootElement.GetProperty("problem").GetString());
    }

    [Fact]
    public async Task A_receipt_under_another_logs_key_is_not_valid()
    {
        using var other = new SampleLog();
        string file = _log.Keep("receipt.json", (await Receipt("c-1")).Out);
        (await CliRun.OfAsync("verify", file, "--key", other.KeyFile)).With(ExitCode.Damaged);
        (await CliRun.OfAsync("verify", file, "--key", other.KeyFile, "--key", _log.KeyFile)).With(ExitCode.Done);
        (await CliRun.OfAsync("verify", file, "--key", _log.Keep("both.vkey", $"{other.Log.VerifierKey}\n\n{_log.Log.VerifierKey}\n"))).With(ExitCode.Done);
    }

    [Fact]
    public async Task A_receipt_without_a_key_is_wrong_usage_and_no_verdict()
    {
        string file = _log.Keep("receipt.json", (await Receipt("c-1")).Out);
        Assert.Contains("give --key", (await CliRun.OfAsync("verify", file)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_receipt_of_one_record_is_asked_for_by_its_index()
    {
        CliRun receipt = (await CliRun.OfAsync("receipt", "--record", "1", "--audit", _log.Directory)).With(ExitCode.Done);
        string file = _log.Keep("receipt.json", receipt.Out);
        Assert.Contains("  prompt\n", (await CliRun.OfAsync("verify", file, "--key", _log.KeyFile)).With(ExitCode.Done).Out, StringComparison.Ordinal);
        (await Receipt("c-1", "--record", "2")).With(ExitCode.Done);
        Assert.Contains("Record 1 isn't one of call 'c-1'", (await Receipt("c-1", "--record", "1")).Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "has no record 5; its records are 0 up to and including 4")]
    [InlineData("-1", "isn't a record's index")]
    [InlineData("1.5", "isn't a record's index")]
    [InlineData("99999999999999999999", "isn't a record's index")]
    public async Task An_index_that_cannot_be_is_refused(string index, string says) =>
        Assert.Contains(says, (await CliRun.OfAsync("receipt", "--record=" + index, "--audit", _log.Directory)).Refused(), StringComparison.Ordinal);

    [Fact]
    public async Task Neither_a_call_nor_a_record_is_wrong_usage() =>
        Assert.Contains("Give a call's id, or --record", (await CliRun.OfAsync("receipt", "--audit", _log.Directory)).Refused(), StringComparison.Ordinal);

    [Fact]
    public async Task A_call_that_is_not_there_or_not_sealed_is_refused()
    {
        Assert.Contains("no decision of a call 'c-7'", (await Receipt("c-7")).Refused(), StringComparison.Ordinal);
        _log.Log.Add(Records.Decision("c-7", "")).Write();
        Assert.Contains("not sealed yet", (await Receipt("c-7")).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_overwritten_only_with_force()
    {
        string file = _log.Keep("kept.json", "precious");
        Assert.Contains("exists already, and nothing was written", (await Receipt("c-1", "--out", file)).Refused(), StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(file));
        CliRun forced = (await Receipt("c-1", "--out", file, "--force", "--json")).With(ExitCode.Done);
        Assert.Contains("\"records\":2", forced.Out, StringComparison.Ordinal);
        (await CliRun.OfAsync("verify", file, "--key", _log.KeyFile)).With(ExitCode.Done);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(file)!, "*.tmp"));
    }

    private Task<CliRun> Receipt(string call, params string[] more) => CliRun.OfAsync(["receipt", call, "--audit", _log.Directory, .. more]);
}
