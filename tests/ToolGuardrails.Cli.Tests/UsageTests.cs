using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class UsageTests : IDisposable
{
    private static readonly string[] Commands = ["verify", "show", "receipt", "checkpoint", "export", "policy check", "policy explain", "suspend", "resume", "status", "approvals list", "approvals show", "approvals approve", "approvals reject", "approvals edit"];

    private readonly SampleLog _log = new();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("verify")]
    [InlineData("verify a b")]
    [InlineData("verify a --no-such-option")]
    [InlineData("verify a --key")]
    [InlineData("show")]
    [InlineData("export --audit a")]
    [InlineData("receipt a b")]
    [InlineData("policy")]
    [InlineData("policy nonsense")]
    [InlineData("policy check")]
    [InlineData("policy explain a --agent b")]
    [InlineData("policy explain a --tool b")]
    [InlineData("policy explain a --agent b --agent c --tool d")]
    [InlineData("suspend --all --store a")]
    [InlineData("suspend --all --reason b")]
    [InlineData("suspend --agent --reason a --store b")]
    [InlineData("resume --reason a --store b")]
    [InlineData("status")]
    [InlineData("approvals")]
    [InlineData("approvals list")]
    [InlineData("approvals show --store a")]
    [InlineData("approvals approve b --store a --uses c")]
    [InlineData("approvals reject b --store a")]
    [InlineData("approvals edit b --store a")]
    [InlineData("[suggest:3] sh")]
    public async Task Wrong_usage_ends_with_2_and_prints_on_the_error_stream_only(string line) =>
        Assert.Contains("--help' for the usage.", (await CliRun.OfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Refused(), StringComparison.Ordinal);

    [Theory]
    [InlineData("show", "x", "--audit")]
    [InlineData("receipt", "x", "--audit")]
    [InlineData("checkpoint", "--audit")]
    [InlineData("export", "--tlog-tiles", "never-written", "--audit")]
    [InlineData("verify")]
    public async Task A_log_that_is_not_there_is_a_sentence(params string[] args) =>
        Assert.Contains(_log.File("nowhere"), (await CliRun.OfAsync([.. args, _log.File("nowhere")])).Refused(), StringComparison.Ordinal);

    [Fact]
    public async Task An_at_sign_reads_no_file()
    {
        string file = _log.Keep("args", "--help");
        Assert.Contains("@", (await CliRun.OfAsync("verify", "@" + file)).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_escapes_in_it_does_not_reach_the_terminal() =>
        Assert.DoesNotContain('\u001b', (await CliRun.OfAsync("verify", "\u001b[2J\nx")).Refused());

    [Fact]
    public async Task Help_names_the_exit_codes_and_an_example_of_every_command()
    {
        foreach (string command in Commands)
        {
            CliRun run = (await CliRun.OfAsync([.. command.Split(' '), "--help"])).With(ExitCode.Done);
            Assert.Contains($"Example:\n  guardrails {command} ", run.Out, StringComparison.Ordinal);
            Assert.Contains("Exit codes:\n  0    ", run.Out, StringComparison.Ordinal);
            Assert.Contains("\n  130  cancelled\n", run.Out, StringComparison.Ordinal);
            Assert.Contains("--json", run.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mistake_in_a_command_of_a_group_points_to_that_commands_help() =>
        Assert.EndsWith("Run 'guardrails policy check --help' for the usage.\n", (await CliRun.OfAsync("policy", "check")).Refused(), StringComparison.Ordinal);

    [Fact]
    public void The_page_explains_every_command_and_option_and_every_exit_code()
    {
        string page = Repository.ReadText("docs", "cli.md");
        using var terminal = new StringWriter();
        foreach (ExplainedCommand command in GuardrailsCommand.Commands(new Terminal(terminal, terminal)))
        {
            Assert.Contains($"\n## {command.Name}\n", page, StringComparison.Ordinal);
            string part = page[page.IndexOf($"\n## {command.Name}\n", StringComparison.Ordinal)..];
            part = part[..(part.IndexOf("\n## ", 5, StringComparison.Ordinal) is var end && end < 0 ? part.Length : end)];
            Assert.All(command.Options, o => Assert.Contains($"`{o.Name}", part, StringComparison.Ordinal));
            Assert.All(command.ExitCodes, c => Assert.Contains($"| {c.Code} |", page, StringComparison.Ordinal));
            foreach (ExplainedCommand below in command.Subcommands.Cast<ExplainedCommand>())
            {
                string name = $"{command.Name} {below.Name}";
                Assert.Contains($"| [`{name}`](#", page, StringComparison.Ordinal);
                string[] halves = part.Split($"\n### {name}\n");
                Assert.Equal(2, halves.Length);
                Assert.All(below.Options, o => Assert.Contains($"`{o.Name}", halves[1].Split("\n### ")[0], StringComparison.Ordinal));
                Assert.All(below.ExitCodes, c => Assert.Contains($"| {c.Code} |", page, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task A_cancelled_command_ends_with_130()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        foreach (string[] args in new[] { ["show", "c-1", "--audit", _log.Directory], ["policy", "check", _log.Directory], ["policy", "explain", _log.Directory, "--agent", "a", "--tool", "t"], ["status", "--store", _log.Directory], ["approvals", "list", "--store", _log.Directory], new[] { "verify", _log.Directory } })
        {
            CliRun run = (await CliRun.OfAsync(args, static (o, e) => new Terminal(o, e), cancelled.Token)).With(ExitCode.Cancelled);
            Assert.Equal(("", "Cancelled.\n"), (run.Out, run.Error));
        }
    }

    [Fact]
    public async Task Output_that_cannot_be_written_ends_with_2()
    {
        using var error = new StringWriter();
        using var full = new FullWriter();
        Assert.Equal(ExitCode.Unusable, await GuardrailsCommand.InvokeAsync(["show", "c-1", "--audit", _log.Directory], full, error, CancellationToken.None));
        Assert.Equal($"No space left on device.{Environment.NewLine}", error.ToString());
    }

    private sealed class FullWriter : StringWriter
    {
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.FromException(new IOException("No space left on device."));
    }
}
