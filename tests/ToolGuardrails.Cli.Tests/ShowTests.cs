using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class ShowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HandMadeLog _log;

    public ShowTests() => _log = new HandMadeLog(_folder.Combine("audit"))
        .Add(Records.Prompt("Where is order 1007?"))
        .Add(Records.Decision("c-1", ",\"tool_use\":\"toolu_01\",\"args\":{\"id\":1007}"))
        .Add(Records.Outcome("c-1", ",\"tool_use\":\"toolu_01\",\"result_kind\":\"text\",\"result\":\"It is on its way.\""))
        .Add(Records.Approval("c-2", "r-1", "requested"))
        .Add(Records.Approval("c-2", "r-1", "approved", ",\"approver\":\"https://id.example.com|u-99\",\"comment\":\"counted twice\""))
        .Add(Records.Decision("c-2", ",\"tool_use\":\"toolu_02\",\"request\":\"r-1\",\"args\":{\"by\":-3}", tool: "stock.adjust"))
        .Add(Records.Decision("c-3", "", tool: "mail.send", effect: "deny", code: "scope.no-grant", reason: "No grant covers the call."))
        .Add(Records.Output("Order 1007 is on its way."))
        .Seal()
        .Write();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_session_is_shown_as_a_timeline_of_all_that_happened()
    {
        CliRun run = (await Show("s-1")).With(ExitCode.Done);
        Assert.Equal(
            ["prompt", "proposal", "decision", "outcome", "approval", "approval", "proposal", "decision", "proposal", "decision", "output"],
            run.Lines.Where(static l => l[0] == '#').Select(static l => l.Split("  ")[2]));
        Assert.StartsWith("session s-1: agent support-agent on behalf of https://id.example.com|u-17, tenant acme, owner maria.ortiz@example.com\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("#2  2026-11-22T11:13:02.9763702Z  decision  allow  allowed\n    reason      \"The call is within scope.\"\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("decision  deny  scope.no-grant\n    reason      \"No grant covers the call.\"\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("    arguments   {\"id\":1007}\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("    comment     \"counted twice\"\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("    why         \"changes production\"\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("Sealed: all 8 records", run.Out, StringComparison.Ordinal);
        Assert.Contains($"guardrails verify {_log.Directory}\n", run.Out, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData("c-2", "call", new[] { 4L, 5, 6 })]
    [InlineData("r-1", "request", new[] { 4L, 5, 6 })]
    [InlineData("toolu_02", "tool_use", new[] { 4L, 5, 6 })]
    [InlineData("c-1", "call", new[] { 2L, 3 })]
    public async Task Records_are_found_by_call_request_and_tool_use(string id, string foundBy, long[] indexes)
    {
        using JsonDocument json = JsonDocument.Parse((await Show(id, "--json")).With(ExitCode.Done).Out);
        Assert.Equal(foundBy, json.RootElement.GetProperty("found_by").GetString());
        Assert.Equal(indexes, json.RootElement.GetProperty("records").EnumerateArray().Select(static r => r.GetProperty("index").GetInt64()));
        Assert.True(json.RootElement.GetProperty("sealed").GetBoolean());
        Assert.False(json.RootElement.GetProperty("verified").GetBoolean());
        Assert.Contains($"  {foundBy switch { "call" => "proposal", _ => "approval" }}", (await Show(id)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_is_not_there_ends_with_2_and_a_sentence() =>
        Assert.Contains("no call, session, request or tool_use with the id 'c-'", (await Show("c-")).Refused(), StringComparison.Ordinal);

    [Fact]
    public async Task A_tool_use_id_that_imitates_a_call_does_not_hide_the_call()
    {
        using HandMadeLog log = new HandMadeLog(_folder.Combine("other")).Add(Records.Decision("c-1", "")).Add(Records.Decision("c-9", ",\"tool_use\":\"c-1\"")).Write();
        CliRun run = (await CliRun.OfAsync("show", "c-1", "--audit", log.Directory)).With(ExitCode.Done);
        Assert.Contains("#1 ", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("#2 ", run.Out, StringComparison.Ordinal);
        Assert.Contains("The same id is also a tool_use in this log", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_behind_the_newest_seal_are_said_not_to_be_sealed()
    {
        _log.Add(Records.Outcome("c-2")).Write();
        Assert.Contains("Not sealed: 1 of 4 records are behind the newest seal of 9 records.", (await Show("c-2")).Out, StringComparison.Ordinal);
        Assert.Contains("Sealed: all 2 records", (await Show("c-1")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_session_and_its_outcomes_belong_to_the_session_above()
    {
        _log.Add(Records.Decision("c-9", ",\"path\":[{\"session\":\"s-0\",\"agent\":\"a\"}]").Replace("s-1", "s-0-a", StringComparison.Ordinal)).Add(Records.Outcome("c-9", session: "s-0-a")).Write();
        CliRun run = (await Show("s-0")).With(ExitCode.Done);
        Assert.Contains("session s-0-a: agent support-agent", run.Out, StringComparison.Ordinal);
        Assert.Contains(", a child of s-0\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("outcome  succeeded", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_comes_with_the_one_that_it_goes_on_from()
    {
        _log.Add(Records.Decision("c-8", ",\"request\":\"r-1\"")).Write();
        using JsonDocument json = JsonDocument.Parse((await Show("c-8", "--json")).With(ExitCode.Done).Out);
        Assert.Equal([4L, 5, 6, 10], json.RootElement.GetProperty("records").EnumerateArray().Select(static r => r.GetProperty("index").GetInt64()));
    }

    [Fact]
    public async Task A_long_text_says_that_it_is_shortened_and_json_has_all_of_it()
    {
        string text = new string('a', 700) + "END";
        _log.Add(Records.Decision("c-9", $",\"args\":{{\"body\":\"{text}\"}}", reason: text)).Write();
        CliRun run = await Show("c-9");
        Assert.Contains("reason      (703 characters, the first 500 follow; --json shows all) \"aaa", run.Out, StringComparison.Ordinal);
        Assert.Contains("arguments   (714 characters, the first 500 follow; --json shows all) {\"body\":\"aaa", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("END", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await Show("c-9", "--json")).Out.Split("END").Length - 1);
    }

    [Fact]
    public async Task A_damaged_line_is_named_and_the_rest_is_shown()
    {
        string[] lines = File.ReadAllLines(_log.Segment);
        lines[4] = lines[4].Replace("requested", "rejected!", StringComparison.Ordinal);
        File.WriteAllText(_log.Segment, string.Join('\n', lines) + "\n");
        CliRun run = (await Show("c-2")).With(ExitCode.Done);
        Assert.Contains("#5 ", run.Out, StringComparison.Ordinal);
        Assert.Contains("1 lines of the log can't be read and may belong here, the first at index 4", run.Out, StringComparison.Ordinal);
    }

    private Task<CliRun> Show(string id, params string[] more) => CliRun.OfAsync(["show", id, "--audit", _log.Directory, .. more]);
}
