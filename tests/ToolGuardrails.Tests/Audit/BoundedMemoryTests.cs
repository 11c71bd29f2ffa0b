using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

[Trait("Speed", "slow")]
public sealed class BoundedMemoryTests
{
    private const int Record = 8 * 1024;

    [Fact]
    public async Task A_full_queue_makes_a_record_wait_and_then_lets_it_in()
    {
        (AuditWriter writer, BlockingSink sink, FakeTime time, int queued) = await FullAsync();
        Task<bool> waiting = writer.Append("late", AuditAcknowledgement.Queued, Record);
        await Writers.Until(() => time.PendingTimers > 0);
        Assert.False(waiting.IsCompleted);
        sink.Release();
        Assert.True(await waiting);
        await writer.DisposeAsync();
        Assert.Equal(queued + 1, sink.Lines.Count);
    }

    [Fact]
    public async Task A_full_queue_denies_when_the_time_is_over_and_the_denial_is_counted()
    {
        (AuditWriter writer, BlockingSink sink, FakeTime time, int queued) = await FullAsync();
        Task<bool> waiting = writer.Append("late", AuditAcknowledgement.Queued, Record);
        await Writers.Until(() => time.PendingTimers > 0);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(await waiting);
        sink.Release();
        await writer.DisposeAsync();
        Assert.Equal(queued + 1, sink.Lines.Count);
        Assert.Single(sink.Lines, static l => l.Contains("\"ev\":\"dropped\",\"mode\":\"enforce\",\"decisions\":1,\"others\":0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Memory_stays_within_its_bound_whatever_is_asked()
    {
        (AuditWriter writer, BlockingSink sink, FakeTime time, int queued) = await FullAsync();
        Assert.Equal(Writers.Room / Record, queued);
        Task<bool>[] waiting = [.. Enumerable.Range(0, 100).Select(i => writer.Append($"w{i}", AuditAcknowledgement.Queued, Record))];
        Assert.All(waiting, static w => Assert.False(w.IsCompleted));
        Task<bool> reserving = writer.ReserveOutcomeAsync().AsTask();
        await Writers.Until(() => time.PendingTimers == 101);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.All(await Task.WhenAll([.. waiting, reserving]), Assert.False);
        sink.Release();
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task A_record_that_can_never_fit_is_refused_at_once_and_counted()
    {
        var sink = new SwitchSink();
        AuditWriter writer = Writers.Start(sink);
        Task<bool> appended = writer.Append("huge", AuditAcknowledgement.Queued, Writers.Room + 1);
        Assert.True(appended.IsCompletedSuccessfully);
        Assert.False(await appended);
        await writer.Append("a", AuditAcknowledgement.Written);
        await writer.DisposeAsync();
        Assert.Equal(["dropped 1", "a"], sink.Records.Calls());
    }

    [Fact]
    public async Task An_outcome_whose_room_was_kept_always_fits_and_comes_briefly_where_memory_is_full()
    {
        var sink = new BlockingSink();
        var time = new FakeTime();
        AuditWriter writer = Writers.Start(sink, time);
        await writer.Append("first", AuditAcknowledgement.Queued, Record);
        await sink.Reached;
        Assert.True(await writer.ReserveOutcomeAsync());
        await FillAsync(writer, Writers.Room - Record - AuditWriter.OutcomeRoom);
        ValueTask<bool> outcome = writer.AppendReservedAsync(Writers.Body("full", Record), Writers.Body("brief", AuditWriter.OutcomeRoom), AuditAcknowledgement.Queued);
        Assert.True(outcome.IsCompletedSuccessfully && await outcome);
        sink.Release();
        await writer.DisposeAsync();
        Assert.Single(sink.Lines, static l => l.Contains("\"brief\"", StringComparison.Ordinal));
        Assert.DoesNotContain(sink.Lines, static l => l.Contains("\"full\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_outcome_is_written_in_full_where_there_is_room_and_its_reserve_is_free_again()
    {
        var sink = new SwitchSink();
        AuditWriter writer = Writers.Start(sink);
        for (int i = 0; i < 3 * Writers.Room / AuditWriter.OutcomeRoom; i++)
        {
            Assert.True(await writer.ReserveOutcomeAsync());
            Assert.True(await writer.AppendReservedAsync(Writers.Body("full"), Writers.Body("brief"), AuditAcknowledgement.Written));
        }

        await writer.DisposeAsync();
        Assert.All(sink.Records.Calls(), static c => Assert.Equal("full", c));
    }

    [Fact]
    public async Task Whoever_keeps_room_for_an_outcome_waits_for_it_as_a_record_does()
    {
        (AuditWriter writer, BlockingSink sink, FakeTime time, _) = await FullAsync();
        Task<bool> late = writer.ReserveOutcomeAsync().AsTask();
        await Writers.Until(() => time.PendingTimers > 0);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(await late);
        Task<bool> inTime = writer.ReserveOutcomeAsync().AsTask();
        await Writers.Until(() => time.PendingTimers > 0);
        Assert.False(inTime.IsCompleted);
        sink.Release();
        Assert.True(await inTime);
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task Room_that_is_given_back_can_be_kept_again()
    {
        var time = new FakeTime();
        AuditWriter writer = Writers.Start(new SwitchSink(), time);
        for (int i = 0; i < Writers.Room / AuditWriter.OutcomeRoom; i++)
        {
            Assert.True(writer.ReserveOutcomeAsync().AsTask().IsCompletedSuccessfully);
        }

        Task<bool> late = writer.ReserveOutcomeAsync().AsTask();
        Assert.False(late.IsCompleted);
        writer.ReleaseOutcome();
        Assert.True(writer.ReserveOutcomeAsync().AsTask().IsCompletedSuccessfully);
        await writer.DisposeAsync();
        Assert.False(await late.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static async Task<(AuditWriter Writer, BlockingSink Sink, FakeTime Time, int Queued)> FullAsync()
    {
        var sink = new BlockingSink();
        var time = new FakeTime();
        AuditWriter writer = Writers.Start(sink, time);
        await writer.Append("first", AuditAcknowledgement.Queued, Record);
        await sink.Reached;
        return (writer, sink, time, 1 + await FillAsync(writer, Writers.Room - Record));
    }

    // The first record is with the sink; the rest of the room is filled to the last byte.
    private static async Task<int> FillAsync(AuditWriter writer, int free)
    {
        int queued = 0;
        for (; free > 0; free -= Record)
        {
            Task<bool> appended = writer.Append($"q{queued++}", AuditAcknowledgement.Queued, Math.Min(free, Record));
            Assert.True(appended.IsCompletedSuccessfully && await appended);
        }

        return queued;
    }
}
