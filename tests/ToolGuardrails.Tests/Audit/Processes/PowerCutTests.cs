using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>A power cut on a real file system: the disk's image is copied while the writer stands still, so what it hadn't synced isn't there.</summary>
[Trait("Speed", "slow")]
public sealed class PowerCutTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 4;
    private const int Megabytes = 48;

    private static readonly string[] SyncsDoNothing = ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:retval=0"];

    private readonly TemporaryFolder _folder = new();

    [ProcessFact(MachineNeeds.Image)]
    public async Task What_was_acknowledged_as_durable_is_there_after_a_power_cut()
    {
        var promises = new Promises();
        await Mount.MakeImageAsync(Image(0), Megabytes);
        for (int round = 0; round < Rounds; round++)
        {
            Promises before = await CutAsync(round, [], 200 + round * 317);
            promises.Add(before.Durable());
            await using Mount after = await Mount.ImageAsync(Image(round + 1));
            LogContent log = await LogOracle.AssertAsync(Path.Combine(after.Path, "log"), _folder.Combine("keys"), promises);
            output.WriteLine($"round {round}: {promises.Count} durable promises kept; {before.MissingIn(log).Count()} others lost; {log.Events.GetValueOrDefault("log.recover")} recoveries so far");
        }

        Assert.True(promises.Count > 100);
    }

    [ProcessFact(MachineNeeds.Image | MachineNeeds.Strace)]
    public async Task A_writer_whose_syncs_do_nothing_is_found_out_by_a_power_cut()
    {
        await Mount.MakeImageAsync(Image(0), Megabytes);
        Promises promises = await CutAsync(0, SyncsDoNothing, 300);
        await using Mount after = await Mount.ImageAsync(Image(1));
        string[] missing = [.. promises.Durable().MissingIn(LogContent.Read(Path.Combine(after.Path, "log")))];
        output.WriteLine($"{missing.Length} of {promises.Durable().Count} durable promises broken");
        Assert.NotEmpty(missing);
    }

    public void Dispose() => _folder.Dispose();

    // Leaves the disk as the power cut left it in the next image.
    private async Task<Promises> CutAsync(int round, string[] wrapper, int lines)
    {
        await using Mount disk = await Mount.ImageAsync(Image(round));
        using var process = LogProcess.StartUnder(wrapper, "log", Path.Combine(disk.Path, "log"), _folder.Combine("keys"), "2");
        await process.ReadLinesAsync(lines);
        await process.StopAsync();
        await Shell.RunAsync("cp", "--sparse=always", Image(round), Image(round + 1));
        process.Kill();
        return Promises.Of(await process.ReadToEndAsync());
    }

    private string Image(int number) => _folder.Combine($"disk{number}");
}
