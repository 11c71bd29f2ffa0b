using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>kill -9 at any moment: while the log is made, opened, recovered, written, sealed and taken to a new segment.</summary>
[Trait("Speed", "slow")]
public sealed class KilledLogTests(ITestOutputHelper output) : IDisposable
{
    private const string RoundsVariable = "TOOLGUARDRAILS_KILL_ROUNDS";
    private const int RoundsPerLog = 100;
    private const int RoundsPerCheck = 20;

    private readonly TemporaryFolder _folder = new();

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable(RoundsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 2 * RoundsPerLog;

    [Fact]
    public async Task A_process_that_is_killed_at_any_moment_has_kept_every_record_it_acknowledged()
    {
        int logs = Math.Max(1, Rounds / RoundsPerLog);
        await Parallel.ForEachAsync(Enumerable.Range(0, logs), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (log, _) => await KillAsync(log));
    }

    [Fact]
    public async Task A_writer_that_acknowledges_before_it_writes_is_found_out()
    {
        var promises = new Promises();
        for (int round = 0; round < 3; round++)
        {
            using var process = LogProcess.Start("log", _folder.Combine("log"), _folder.Combine("keys"), "8", "behind");
            await process.ReadLinesAsync(100);
            process.Kill();
            promises.Add(await process.ReadToEndAsync());
        }

        Assert.NotEmpty(promises.MissingIn(LogContent.Read(_folder.Combine("log"))));
    }

    public void Dispose() => _folder.Dispose();

    private async Task KillAsync(int number)
    {
        string directory = _folder.Combine($"log{number}");
        string keys = _folder.Combine($"keys{number}");
        var random = new Random(number);
        var promises = new Promises();
        var checkpoints = new Dictionary<long, AuditCheckpoint>();
        LogContent? content = null;
        for (int round = 1; round <= RoundsPerLog; round++)
        {
            using var process = LogProcess.Start("log", directory, keys, "8");
            await ReachAsync(process, random);
            process.Kill();
            promises.Add(await process.ReadToEndAsync());
            if (LogOracle.Published(directory) is { } published)
            {
                checkpoints[published.Size] = published;
            }

            if (round % RoundsPerCheck == 0)
            {
                content = await LogOracle.AssertAsync(directory, keys, promises, checkpoints.Values);
            }
        }

        Assert.True(promises.Count > RoundsPerLog);
        output.WriteLine($"log {number}: {promises.Count} promises kept, {string.Join(", ", content!.Events.Select(static e => $"{e.Value} {e.Key}"))}");
        Directory.Delete(directory, recursive: true);
    }

    // Each fourth time while the log is being opened, else after some records.
    private static async Task ReachAsync(LogProcess process, Random random)
    {
        await process.ReadLinesAsync(1);
        if (random.Next(4) > 0)
        {
            await process.ReadLinesAsync(random.Next(1, 400));
            return;
        }

        var opening = TimeSpan.FromMilliseconds(random.Next(200));
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < opening;)
        {
            await Task.Yield();
        }
    }
}
