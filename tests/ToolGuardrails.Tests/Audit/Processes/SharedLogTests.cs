using System.Diagnostics;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>Many processes, one log's directory: one of them writes at a time.</summary>
[Trait("Speed", "slow")]
public sealed class SharedLogTests(ITestOutputHelper output) : IDisposable
{
    private const string Refusal = "is being written by another process";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Sixteen_hooks_at_once_each_wait_for_their_turn_and_all_their_records_are_there_in_order()
    {
        long started = Stopwatch.GetTimestamp();
        LogProcess[] hooks = [.. Enumerable.Range(0, 16).Select(_ => LogProcess.Start("hook", _folder.Combine("log"), _folder.Combine("keys"), "1"))];
        try
        {
            IReadOnlyList<string>[] printed = await Task.WhenAll(hooks.Select(static h => h.ReadToEndAsync()));
            output.WriteLine($"16 hooks: {Stopwatch.GetElapsedTime(started)}");
            Assert.All(printed, static p => Assert.Equal("X", p[^1]));
            await LogOracle.AssertAsync(_folder.Combine("log"), _folder.Combine("keys"), Promises.Of(printed.SelectMany(static p => p)));
        }
        finally
        {
            Array.ForEach(hooks, static h => h.Dispose());
        }

        AssertOneAfterTheOther(16);
    }

    [Fact]
    public async Task A_process_that_holds_the_log_makes_a_late_one_fail_with_a_sentence_and_once_it_is_killed_the_next_one_opens() =>
        await AssertHeldAsync(variable: null);

    [Fact]
    public async Task A_second_writer_is_refused_where_the_frameworks_own_locks_are_switched_off_too() =>
        await AssertHeldAsync("DOTNET_SYSTEM_IO_DISABLEFILELOCKING");

    [Fact]
    public async Task A_second_log_object_in_the_same_process_is_refused_too()
    {
        var options = new AuditLogOptions { KeyDirectory = _folder.Combine("keys"), LockTimeout = TimeSpan.FromMilliseconds(20) };
        await using var first = new AuditLog(_folder.Combine("log"), options);
        await first.SealAsync();
        await using var second = new AuditLog(_folder.Combine("log"), options);
        IOException refused = await Assert.ThrowsAsync<IOException>(async () => await second.SealAsync());
        Assert.Contains(Refusal, refused.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        await second.SealAsync();
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertHeldAsync(string? variable)
    {
        using LogProcess first = Keep(variable);
        await first.ReadLinesAsync(2);
        Assert.StartsWith("H ", first.Lines[^1], StringComparison.Ordinal);
        using LogProcess second = Keep(variable);
        await second.ReadLinesAsync(1);
        string refused = second.Lines[0];
        Assert.StartsWith("E ", refused, StringComparison.Ordinal);
        Assert.Contains(Refusal, refused, StringComparison.Ordinal);
        Assert.Contains(_folder.Combine("log"), refused, StringComparison.Ordinal);
        first.Kill();
        await first.ReadToEndAsync();
        using LogProcess third = Keep(variable);
        await third.ReadLinesAsync(2);
        Assert.StartsWith("H ", third.Lines[^1], StringComparison.Ordinal);
        third.Kill();
        await third.ReadToEndAsync();
        await LogOracle.AssertAsync(_folder.Combine("log"), _folder.Combine("keys"), Promises.Of([.. first.Lines, .. third.Lines]));
    }

    private LogProcess Keep(string? variable) => LogProcess.StartWith(variable, [], "keep", _folder.Combine("log"), _folder.Combine("keys"));

    // Between a log.open and the next there is one session at most, its prompt in front of its call, and a log.close behind.
    private void AssertOneAfterTheOther(int processes)
    {
        using AuditLogReader reader = AuditLogReader.Open(_folder.Combine("log"));
        AuditRecord[] records = [.. reader.Read().Select(static e => e.Record)];
        int[] opened = [.. records.Index().Where(static r => r.Item.GetString("ev") == "log.open").Select(static r => r.Index), records.Length];
        var sessions = new HashSet<string>();
        foreach ((int from, int to) in opened.Zip(opened.Skip(1)))
        {
            AuditRecord[] turn = records[from..to];
            if (turn.Where(static r => r.SessionId is not null).Select(static r => r.SessionId!).Distinct().ToArray() is not [var session] || !session.StartsWith("hook-", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.True(sessions.Add(session));
            string[] events = [.. turn.Select(static r => r.GetString("ev")!).Where(static e => e is "prompt" or "decision" or "outcome" or "log.close")];
            Assert.Equal(["prompt", "decision", "outcome", "log.close"], events);
        }

        Assert.Equal(processes, sessions.Count);
    }
}
