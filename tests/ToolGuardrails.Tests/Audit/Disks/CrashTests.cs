using System.Collections.Concurrent;
using static ToolGuardrails.Tests.Audit.Disks.DiskOperation;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>One fault at every operation of a fixed workload: the next process takes the log up, and whatever was promised is there, also after a power cut behind that.</summary>
[Trait("Speed", "slow")]
public sealed class CrashTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_workload_breaks_no_promise_when_nothing_happens(bool holdsOpenFiles)
    {
        using var story = new LogStory(0);
        story.Disk.HoldsOpenFiles = holdsOpenFiles;
        await story.LiveAsync(CrashWorkload.Steps);

        Assert.Empty(story.Errors.Select(static e => $"{e.Step}: {e.Error.Message}"));
        Assert.Empty(story.Troubles);
        Assert.Empty(story.Problems());
        Assert.Empty(await story.VerifyAsync());
        Assert.Equal(0, story.Disk.OpenHandles);
    }

    [Fact]
    public Task A_process_that_is_killed_before_any_operation_breaks_no_promise() =>
        AssertKeptAsync(DiskFault.Kill, static s => s.Changes);

    [Fact]
    public Task A_process_that_is_killed_in_the_middle_of_any_write_breaks_no_promise() =>
        AssertKeptAsync(DiskFault.KillAfterEffect, static s => s.Operation == Write);

    [Fact]
    public Task A_power_cut_before_any_operation_breaks_no_promise() =>
        AssertKeptAsync(DiskFault.CutPower, static s => s.Changes, seeds: 2);

    [Fact]
    public Task An_error_of_any_operation_breaks_no_promise() =>
        AssertKeptAsync(DiskFault.Error, static _ => true);

    [Fact]
    public Task An_error_after_any_operation_was_done_breaks_no_promise() =>
        AssertKeptAsync(DiskFault.ErrorAfterEffect, static s => s.Changes);

    [Fact]
    public Task No_space_for_any_part_of_a_write_or_a_new_file_breaks_no_promise() =>
        AssertKeptAsync(DiskFault.NoSpaceAfterEffect, static s => s.Operation is Write or Create or CreateDirectory);

    [Fact]
    public async Task A_disk_whose_syncs_do_nothing_is_noticed()
    {
        IReadOnlyList<string> problems = await ProblemsAsync(DiskFault.CutPower, static s => s.Operation == Sync, 1, static r => r with { IgnoresSyncs = true });
        Assert.Contains(problems, static p => p.Contains("acknowledged as Durable is lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_writer_that_acknowledges_before_it_writes_is_noticed()
    {
        // One batch late: what was acknowledged last isn't written yet.
        static CrashRun Late(CrashRun run)
        {
            AuditBatch? waiting = null;
            return run with
            {
                WriteInstead = async (log, batch) =>
                {
                    AuditBatch? before = Interlocked.Exchange(ref waiting, batch);
                    if (before is not null)
                    {
                        await log.WriteAsync(before, CancellationToken.None);
                    }
                },
            };
        }

        IReadOnlyList<string> problems = await ProblemsAsync(DiskFault.Kill, static s => s.Operation == Write, 1, Late);
        Assert.Contains(problems, static p => p.Contains("is lost", StringComparison.Ordinal));
    }

    private static async Task AssertKeptAsync(DiskFault fault, Func<DiskStep, bool> where, int seeds = 1)
    {
        IReadOnlyList<string> problems = await ProblemsAsync(fault, where, seeds, static r => r);
        Assert.True(problems.Count == 0, $"{problems.Count} broken promises. The first:\n{string.Join('\n', problems.Take(20))}");
    }

    private static async Task<IReadOnlyList<string>> ProblemsAsync(DiskFault fault, Func<DiskStep, bool> where, int seeds, Func<CrashRun, CrashRun> prepare)
    {
        using var story = new LogStory(0);
        await story.LiveAsync(CrashWorkload.Steps);
        List<int> numbers = [.. story.Disk.Steps.Where(where).Select(static s => s.Number)];
        Assert.NotEmpty(numbers);

        var problems = new ConcurrentBag<string>();
        IEnumerable<CrashRun> runs = from seed in Enumerable.Range(0, seeds) from at in numbers select new CrashRun(at, fault, (seed * 7919) + at);
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (run, _) =>
        {
            foreach (string problem in await prepare(run).ProblemsAsync())
            {
                problems.Add(problem);
            }
        });
        return [.. problems.Order(StringComparer.Ordinal)];
    }
}
