using System.Diagnostics;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

/// <summary>The real process, with its streams redirected.</summary>
[Trait("Speed", "slow")]
public sealed class ProcessTests : IDisposable
{
    private readonly SampleLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Exit_codes_reach_the_shell_and_redirected_output_has_no_escape_codes()
    {
        CliRun run = (await StartAsync("verify", _log.Directory)).With(ExitCode.Done);
        Assert.StartsWith("INTACT.\n", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Out + run.Error);

        CliRun shown = (await StartAsync("show", "c-1", "--audit", _log.Directory)).With(ExitCode.Done);
        Assert.DoesNotContain('\u001b', shown.Out + shown.Error);
        Assert.Equal((await CliRun.OfAsync("show", "c-1", "--audit", _log.Directory)).Out, shown.Out);

        (await StartAsync("verify", _log.File("nowhere"))).Refused();
        (await StartAsync("nonsense")).Refused();
        File.AppendAllText(_log.Log.Segment, "torn");
        (await StartAsync("verify", _log.Directory)).With(ExitCode.Damaged);
    }

    [Fact]
    public async Task A_redirected_checkpoint_is_the_note_to_the_byte()
    {
        using Process process = Start(["checkpoint", "--audit", _log.Directory]);
        using var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await process.WaitForExitAsync();
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(_log.Log.Note), bytes.ToArray());
    }

    private static async Task<CliRun> StartAsync(params string[] args)
    {
        using Process process = Start(args);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CliRun(process.ExitCode, output, await error);
    }

    private static Process Start(string[] args)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.Cli.dll"), .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
            StandardErrorEncoding = System.Text.Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm-256color";
        return Process.Start(start)!;
    }
}
