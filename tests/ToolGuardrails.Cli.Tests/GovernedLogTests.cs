using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

/// <summary>A log that a governed host wrote, read by the commands.</summary>
public sealed class GovernedLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_host_did_is_shown_proved_and_verified()
    {
        string audit = _folder.Combine("audit");
        await using (var log = new AuditLog(audit, new AuditLogOptions { KeyDirectory = _folder.Combine("keys") }))
        {
            await RunHostAsync(log);
        }

        (await CliRun.OfAsync("verify", audit)).With(ExitCode.Done);
        CliRun shown = (await CliRun.OfAsync("show", "s-1", "--audit", audit)).With(ExitCode.Done);
        Assert.Equal(
            ["prompt", "proposal", "decision", "outcome", "proposal", "decision", "output"],
            shown.Lines.Where(static l => l[0] == '#').Select(static l => l.Split("  ")[2]));
        Assert.Contains("decision  allow  allowed\n", shown.Out, StringComparison.Ordinal);
        Assert.Contains("decision  deny  scope.unknown-tool\n", shown.Out, StringComparison.Ordinal);
        Assert.Contains("    result      \"milk \\u001B[2J\"\n", shown.Out, StringComparison.Ordinal);
        Assert.Contains("Sealed: all ", shown.Out, StringComparison.Ordinal);

        string call = shown.Lines.First(static l => l.Contains("  proposal  ", StringComparison.Ordinal)).Split("  ")[^1];
        (await CliRun.OfAsync("receipt", call, "--audit", audit, "--out", _folder.Combine("r.json"))).With(ExitCode.Done);
        using AuditLogReader reader = AuditLogReader.Open(audit);
        (await CliRun.OfAsync("verify", _folder.Combine("r.json"), "--key", reader.VerifierKeys[0])).With(ExitCode.Done);
        (await CliRun.OfAsync("checkpoint", "--audit", audit, "--out", _folder.Combine("kept.txt"))).With(ExitCode.Done);
        (await CliRun.OfAsync("verify", audit, "--key", reader.VerifierKeys[0], "--checkpoint", _folder.Combine("kept.txt"))).With(ExitCode.Done);
        (await CliRun.OfAsync("export", "--audit", audit, "--tlog-tiles", _folder.Combine("tiles"))).With(ExitCode.Done);
    }

    private static async Task RunHostAsync(AuditLog log)
    {
        var options = new GuardrailOptions { Policy = GuardrailPolicy.Parse(Policies.Clerk), Audit = { CommitmentKey = new byte[32] } };
        options.Sinks.Add(new AuditSinkRegistration(log));
        await using GuardrailPipeline pipeline = GuardrailPipeline.Create(options);
        await using AgentSession session = pipeline.StartSession("clerk", new Principal("https://id.example", "dana"), sessionId: "s-1");
        await session.RecordPromptAsync("What is in note 7?");
        await session.InvokeAsync("notes.read", new Dictionary<string, object?> { ["id"] = "7" }, static (_, _) => new ValueTask<string>("milk \u001b[2J"));
        await session.InvokeAsync("notes.nope", new Dictionary<string, object?>(), static (_, _) => new ValueTask<string>(""));
        await session.RecordOutputAsync("Milk.");
    }
}
