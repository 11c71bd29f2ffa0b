using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

public sealed class BestEffortSinkTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_best_effort_sink_that_throws_affects_no_call(bool asynchronous)
    {
        var required = new SwitchSink();
        var bad = new ThrowingSink { Asynchronous = asynchronous };
        AuditWriter writer = Start(required, bad);
        Assert.True(await writer.Append("a", AuditAcknowledgement.Durable));
        Assert.True(await writer.Append("b", AuditAcknowledgement.Durable));
        await writer.DisposeAsync();
        Assert.Equal(["a", "b"], required.Records.Calls());
        Assert.Equal(2, bad.Attempts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_best_effort_sink_that_hangs_delays_no_call(bool honoursCancellation)
    {
        var required = new SwitchSink();
        var hanging = new BlockingSink { HonoursCancellation = honoursCancellation };
        AuditWriter writer = Start(required, hanging);
        Assert.True(await writer.Append("a", AuditAcknowledgement.Durable));
        await hanging.Reached;
        for (int i = 0; i < 100; i++)
        {
            // The clock stands still, so a writer that waits for the sink would never come to this record.
            Assert.True(await writer.Append($"b{i}", AuditAcknowledgement.Durable).WaitAsync(TimeSpan.FromSeconds(10)));
        }

        hanging.Release();
        await writer.DisposeAsync();
        Assert.Equal(101, required.Records.Count);
    }

    [Fact]
    public async Task A_best_effort_sink_that_blocks_its_thread_delays_no_call()
    {
        var required = new SwitchSink();
        using var blocking = new ThreadBlockingSink();
        AuditWriter writer = Start(required, blocking);
        Assert.True(await writer.Append("a", AuditAcknowledgement.Durable));
        await blocking.Reached;
        Assert.True(await writer.Append("b", AuditAcknowledgement.Durable).WaitAsync(TimeSpan.FromSeconds(10)));
        blocking.Release();
        await writer.DisposeAsync();
        Assert.Equal(2, blocking.Records);
    }

    [Fact]
    public async Task A_slow_best_effort_sink_gets_everything_in_order_before_the_writer_closes()
    {
        var required = new SwitchSink();
        var slow = new BlockingSink();
        AuditWriter writer = Start(required, slow);
        for (int i = 0; i < 20; i++)
        {
            Assert.True(await writer.Append($"{i}", AuditAcknowledgement.Durable).WaitAsync(TimeSpan.FromSeconds(10)));
        }

        Task closing = writer.DisposeAsync().AsTask();
        slow.Release();
        await closing;
        Assert.Equal(required.Records.Select(static r => r.ToString()), slow.Lines);
    }

    [Fact]
    public async Task A_best_effort_sink_sees_no_record_that_the_required_one_refused()
    {
        var required = new SwitchSink { Fails = true };
        var copy = new SwitchSink();
        AuditWriter writer = Start(required, copy);
        Assert.False(await writer.Append("a", AuditAcknowledgement.Durable));
        required.Fails = false;
        Assert.True(await writer.Append("b", AuditAcknowledgement.Durable));
        await writer.DisposeAsync();
        Assert.Equal(["dropped 1", "b"], copy.Records.Calls());
    }

    [Fact]
    public async Task A_sink_that_took_longer_than_its_time_gets_records_again_once_it_is_free()
    {
        var log = new LogLines();
        var time = new FakeTime();
        var hanging = new BlockingSink { HonoursCancellation = false };
        var writer = new AuditWriter([(new SwitchSink(), AuditRequirement.Required), (hanging, AuditRequirement.BestEffort)], new AuditOptions(), time, log, Writers.Drafted);
        await writer.Append("a", AuditAcknowledgement.Queued);
        await hanging.Reached;
        await Writers.Until(() => time.PendingTimers > 0);
        time.Advance(TimeSpan.FromSeconds(5));
        await Writers.Until(() => log.Lines.Any(static l => l.StartsWith("Warning: Best-effort audit sink BlockingSink failed on a batch of 1", StringComparison.Ordinal)));
        hanging.Release();
        await Writers.Until(() => hanging.Attempts > 1 || writer.Append("again", AuditAcknowledgement.Queued).IsFaulted);
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task A_sink_that_hangs_holds_bounded_memory_and_what_it_missed_is_logged()
    {
        var log = new LogLines();
        var hanging = new BlockingSink();
        var required = new SwitchSink();
        var writer = new AuditWriter([(required, AuditRequirement.Required), (hanging, AuditRequirement.BestEffort)], new AuditOptions { MaxQueuedBytes = Writers.Room }, new FakeTime(), log, Writers.Drafted);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(await writer.Append($"{i}", AuditAcknowledgement.Durable, 8192).WaitAsync(TimeSpan.FromSeconds(10)));
            await hanging.Reached;
        }

        hanging.Release();
        await writer.DisposeAsync();
        Assert.Equal(100, required.Records.Count);
        Assert.InRange(hanging.Lines.Count, 1, Writers.Room / 8192);
        Assert.Contains(log.Lines, l => l == $"Warning: Best-effort audit sink BlockingSink missed {100 - hanging.Lines.Count} records while it was busy.");
    }

    private static AuditWriter Start(IAuditSink required, IAuditSink bestEffort) =>
        Writers.Start([(required, AuditRequirement.Required), (bestEffort, AuditRequirement.BestEffort)]);
}
