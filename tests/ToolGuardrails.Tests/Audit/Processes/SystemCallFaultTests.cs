using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>System calls that fail, or that the process dies at: one call after the other, on the real disk.</summary>
[Trait("Speed", "slow")]
public sealed class SystemCallFaultTests(ITestOutputHelper output) : IDisposable
{
    private const int Records = 60;
    private const int Syncs = 12;

    private readonly TemporaryFolder _folder = new();

    [ProcessFact(MachineNeeds.Strace)]
    public async Task Whichever_system_call_fails_or_kills_no_record_is_acknowledged_wrongly_and_the_log_goes_on()
    {
        InjectedFault[] faults = [.. await FaultsAsync()];
        var effective = new ConcurrentBag<InjectedFault>();
        await Parallel.ForEachAsync(faults.Index(), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (fault, _) =>
        {
            if (await InjectAsync(fault.Index, fault.Item))
            {
                effective.Add(fault.Item);
            }
        });

        foreach (IGrouping<string, InjectedFault> call in effective.GroupBy(static f => $"{f.Call} {f.Effect}").OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{call.Key}: {call.Count()}");
        }

        Assert.True(effective.Count > faults.Length * 3 / 4, $"Only {effective.Count} of {faults.Length} faults happened.");
    }

    [ProcessFact(MachineNeeds.Strace)]
    public async Task When_syncs_fail_nothing_is_acknowledged_as_durable_and_whoever_waits_is_told()
    {
        int middle = (await BaselineAsync("fsync")) is { Count: > 0 } calls ? calls[calls.Count / 2] : throw new InvalidOperationException();
        foreach (string error in (string[])["EIO", "ENOSPC", "EROFS", "EDQUOT"])
        {
            using LogProcess process = Start(error, new InjectedFault("fsync", $"error={error}", $"{middle}+"));
            IReadOnlyList<string> printed = await process.ReadToEndAsync();
            string[] after = [.. printed.SkipWhile(static l => !l.StartsWith('F'))];
            Assert.NotEmpty(after);
            Assert.DoesNotContain(after, static l => l.StartsWith("R D", StringComparison.Ordinal) || l.StartsWith("R S", StringComparison.Ordinal) || l.StartsWith("A D", StringComparison.Ordinal) || l.StartsWith("A S", StringComparison.Ordinal));
            await LogOracle.AssertAsync(Log(error), Keys(error), Promises.Of(printed));
        }
    }

    [ProcessFact(MachineNeeds.Strace)]
    public async Task A_segments_sync_that_fails_once_is_told_to_whoever_waits_for_it()
    {
        int told = 0;
        foreach (int sync in SystemCalls.Sample(await BaselineAsync("fsync", "segments/", "durable"), Syncs))
        {
            string name = $"once{sync}";
            using LogProcess process = Start(name, new InjectedFault("fsync", "error=EIO", $"{sync}"), "durable");
            var promises = Promises.Of(await process.ReadToEndAsync());
            told += Math.Sign(promises.Refused);
            await LogOracle.AssertAsync(Log(name), Keys(name), promises);
        }

        // Nobody waits for the syncs of the log's own upkeep, and how many those are is a matter of time.
        output.WriteLine($"{told} of {Syncs} failed syncs were waited for");
        Assert.InRange(told, 1, Syncs);
    }

    // The reason why the log asks the C library: a runtime that reports the error one day is welcome, and changes nothing here.
    [ProcessFact(MachineNeeds.Strace)]
    public async Task It_is_on_record_whether_the_frameworks_own_flush_reports_a_failed_sync()
    {
        foreach (string error in (string[])["EIO", "ENOSPC", "EROFS"])
        {
            using LogProcess process = LogProcess.StartUnder(new InjectedFault("fsync", $"error={error}", "1+").Wrapper("/dev/null"), "flush", _folder.Combine("flushed"));
            string said = Assert.Single(await process.ReadToEndAsync());
            output.WriteLine($".NET {Environment.Version}, RandomAccess.FlushToDisk where fsync fails with {error}: {said}");
            Assert.True(said == "returned" || said.StartsWith("threw", StringComparison.Ordinal), said);
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task<IReadOnlyList<InjectedFault>> FaultsAsync()
    {
        var faults = new List<InjectedFault>();
        foreach ((string call, string[] effects, int samples) in ((string, string[], int)[])
        [
            ("fsync", ["error=EIO", "error=ENOSPC", "error=EROFS", "signal=KILL"], 6),
            ("pwrite64", ["error=EIO", "error=ENOSPC", "signal=KILL"], 6),
            ("openat", ["error=EIO", "error=ENOSPC", "signal=KILL"], 5),
            ("rename", ["error=EIO", "error=ENOSPC", "signal=KILL"], 4),
            ("ftruncate", ["error=EIO", "signal=KILL"], 3),
        ])
        {
            IReadOnlyList<int> calls = await BaselineAsync(call);
            Assert.NotEmpty(calls);
            faults.AddRange(effects.SelectMany(e => SystemCalls.Sample(calls, samples).Select(k => new InjectedFault(call, e, $"{k}"))));
        }

        return faults;
    }

    private async Task<IReadOnlyList<int>> BaselineAsync(string call, string below = "", params string[] kinds)
    {
        string name = $"baseline-{call}-{below.Length}";
        using LogProcess process = Start(name, new InjectedFault(call, "delay_exit=0", "1"), kinds);
        IReadOnlyList<string> printed = await process.ReadToEndAsync();
        Assert.Equal("X", printed[^1]);
        Assert.DoesNotContain(printed, static l => l.StartsWith('F'));
        return SystemCalls.Touching(_folder.Combine(name + ".trace"), call, Path.Combine(Log(name), below));
    }

    // Whether the fault happened.
    private async Task<bool> InjectAsync(int number, InjectedFault fault)
    {
        string name = $"fault{number}";
        using LogProcess process = Start(name, fault);
        Promises promises = Promises.Of(await process.ReadToEndAsync());
        try
        {
            await LogOracle.AssertAsync(Log(name), Keys(name), promises);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"After {fault}: {e.Message}\n{string.Join('\n', process.Lines.TakeLast(20))}\n{string.Join('\n', File.ReadLines(_folder.Combine(name + ".trace")).TakeLast(20))}", e);
        }

        string trace = await File.ReadAllTextAsync(_folder.Combine(name + ".trace"));
        return trace.Contains("(INJECTED)", StringComparison.Ordinal) || trace.Contains("killed by SIGKILL", StringComparison.Ordinal);
    }

    private LogProcess Start(string name, InjectedFault fault, params string[] kinds) =>
        LogProcess.StartUnder(fault.Wrapper(_folder.Combine(name + ".trace")), ["faults", Log(name), Keys(name), $"{Records}", .. kinds]);

    private string Log(string name) => _folder.Combine(name, "log");

    private string Keys(string name) => _folder.Combine(name, "keys");
}
