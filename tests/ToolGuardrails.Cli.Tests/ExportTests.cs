using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class ExportTests : IDisposable
{
    private readonly SampleLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task An_export_holds_the_checkpoint_and_the_tiles()
    {
        CliRun run = (await Export()).With(ExitCode.Done);
        Assert.Contains("Exported 4 records", run.Out, StringComparison.Ordinal);
        Assert.Equal(_log.Log.Note, File.ReadAllText(_log.File("tiles/checkpoint")));
        Assert.Equal(4 * 32, new FileInfo(_log.File("tiles/tile/0/000.p/4")).Length);
    }

    [Fact]
    public async Task As_json_it_says_what_was_exported()
    {
        using JsonDocument json = JsonDocument.Parse((await Export("--json")).With(ExitCode.Done).Out);
        Assert.Equal(4, json.RootElement.GetProperty("checkpoint").GetProperty("size").GetInt64());
        Assert.True(json.RootElement.GetProperty("signed").GetBoolean());
    }

    [Fact]
    public async Task A_directory_with_something_in_it_is_left_alone()
    {
        Directory.CreateDirectory(_log.File("tiles"));
        _log.Keep("tiles/mine", "precious");
        Assert.Contains("empty", (await Export()).Refused(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_log.File("tiles")));
    }

    [Fact]
    public async Task A_log_without_a_seal_is_not_exported()
    {
        using var log = new SampleLog(isSealed: false);
        Assert.Contains("has no seal yet", (await CliRun.OfAsync("export", "--audit", log.Directory, "--tlog-tiles", log.File("tiles"))).Refused(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(log.File("tiles")));
    }

    private Task<CliRun> Export(params string[] more) => CliRun.OfAsync(["export", "--audit", _log.Directory, "--tlog-tiles", _log.File("tiles"), .. more]);
}
