using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

/// <summary>What the policy hides is shown as hidden, and what a call wrote in the same form isn't.</summary>
public sealed class ShowHiddenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HandMadeLog _log;

    public ShowHiddenTests() => _log = new HandMadeLog(_folder.Combine("audit"))
        .Add(Records.Decision("c-1", ",\"args\":{\"id\":{\"$redacted\":\"string\",\"length\":1,\"c\":\"forged\"},\"note\":{\"$redacted\":\"string\",\"length\":9,\"c\":\"bound\"}},\"redacted\":[\"/args/note\",\"/args/\\u001b[2J x\"]"))
        .Add(Records.Outcome("c-1", ",\"dropped\":3,\"result_kind\":\"json\",\"result_bytes\":120,\"redacted\":[\"/result\"]"))
        .Add(Records.Decision("c-2", ",\"args\":{},\"redacted\":[]"))
        .Seal()
        .Write();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Hidden_places_and_dropped_values_are_shown()
    {
        CliRun run = (await CliRun.OfAsync("show", "s-1", "--audit", _log.Directory)).With(ExitCode.Done);
        Assert.Contains("    hidden      /args/note, \"/args/\\u001B[2J x\"\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("\"note\":{\"$redacted\":\"string\",\"length\":9,\"c\":\"bound\"}", run.Out, StringComparison.Ordinal);
        Assert.Contains("    dropped     3\n    bytes       120\n    hidden      /result\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("    arguments   {}\n    hidden      none\n", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", run.Out, StringComparison.Ordinal);
    }
}
