using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

public sealed class FailingSinkTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_required_sink_that_throws_denies_whoever_waits(bool asynchronous)
    {
        var sink = new ThrowingSink { Asynchronous = asynchronous };
        AuditWriter writer = Writers.Start(sink);
        Assert.False(await writer.Append("a", AuditAcknowledgement.Written));
        Assert.False(await writer.Append("b", AuditAcknowledgement.Durable));
        Assert.Equal(2, sink.Attempts);
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task What_was_denied_is_counted_once_writing_works_again_and_is_not_written()
    {
        var sink = new SwitchSink { Fails = true };
        AuditWriter writer = Writers.Start(sink);
        Assert.False(await writer.Append("a", AuditAcknowledgement.Durable));
        Assert.False(await writer.Append("b", AuditAcknowledgement.Durable));
        Assert.False(await writer.Append("p", AuditAcknowledgement.Written, kind: AuditRecordKind.Prompt));
        sink.Fails = false;
        Assert.True(await writer.Append("c", AuditAcknowledgement.Durable));
        Assert.True(await writer.Append("d", AuditAcknowledgement.Durable));
        await writer.DisposeAsync();
        Assert.Equal(["dropped 2", "c", "d"], sink.Records.Calls());
        Assert.Equal(1, sink.Records[0].ToJson().GetProperty("others").GetInt64());
    }

    [Fact]
    public async Task Nothing_that_nobody_waited_for_is_lost_and_it_comes_first_and_once()
    {
        var gate = new BlockingSink();
        var sink = new SwitchSink { Fails = true };
        AuditWriter writer = Writers.Start([(gate, AuditRequirement.Required), (sink, AuditRequirement.Required)]);
        await writer.Append("a", AuditAcknowledgement.Queued);
        await gate.Reached;
        await writer.Append("b", AuditAcknowledgement.Queued);
        Task<bool> denied = writer.Append("c", AuditAcknowledgement.Durable);
        await writer.Append("d", AuditAcknowledgement.Queued);
        gate.Release();
        Assert.False(await denied);
        Assert.False(await writer.Append("e", AuditAcknowledgement.Queued));
        sink.Fails = false;
        Assert.True(await writer.Append("f", AuditAcknowledgement.Durable));
        await writer.DisposeAsync();
        Assert.Equal(["dropped 2", "a", "b", "d", "f"], sink.Records.Calls());
    }

    [Fact]
    public async Task While_writing_fails_a_record_for_which_memory_was_enough_waits_for_its_write()
    {
        var sink = new SwitchSink { Fails = true };
        AuditWriter writer = Writers.Start(sink);
        Assert.False(await writer.Append("a", AuditAcknowledgement.Written));
        await Writers.Until(() => sink.Refused > 0);
        Assert.False(await writer.Append("b", AuditAcknowledgement.Queued));
        sink.Fails = false;
        Assert.True(await writer.Append("c", AuditAcknowledgement.Queued));
        await writer.DisposeAsync();
        Assert.Equal(["dropped 2", "c"], sink.Records.Calls());
    }

    [Fact]
    public async Task Numbers_have_no_gap_and_start_anew_under_a_new_writer_id_after_a_failure()
    {
        var sink = new SwitchSink();
        AuditWriter writer = Writers.Start(sink);
        await writer.Append("a", AuditAcknowledgement.Written);
        await writer.Append("b", AuditAcknowledgement.Written);
        sink.Fails = true;
        await writer.Append("c", AuditAcknowledgement.Written);
        sink.Fails = false;
        await writer.Append("d", AuditAcknowledgement.Written);
        await writer.DisposeAsync();
        Assert.Equal(["a", "b", "dropped 1", "d"], sink.Records.Calls());
        Assert.Equal([0, 1, 0, 1], sink.Records.Select(static r => r.ToJson().GetProperty("n").GetInt64()));
        string[] writers = [.. sink.Records.Select(static r => r.GetString("w")!)];
        Assert.Equal(writers[0], writers[1]);
        Assert.Equal(writers[2], writers[3]);
        Assert.NotEqual(writers[1], writers[2]);
    }

    [Fact]
    public async Task What_is_missing_is_told_at_the_end_even_if_nothing_else_is_left_to_write()
    {
        var sink = new SwitchSink { Fails = true };
        AuditWriter writer = Writers.Start(sink);
        Assert.False(await writer.Append("a", AuditAcknowledgement.Durable));
        sink.Fails = false;
        await writer.DisposeAsync();
        Assert.Equal(["dropped 1"], sink.Records.Calls());
    }

    [Fact]
    public async Task What_nobody_waited_for_is_tried_once_more_at_the_end()
    {
        var gate = new BlockingSink();
        var sink = new SwitchSink { Fails = true };
        AuditWriter writer = Writers.Start([(gate, AuditRequirement.Required), (sink, AuditRequirement.Required)]);
        await writer.Append("a", AuditAcknowledgement.Queued);
        await gate.Reached;
        gate.Release();
        await Writers.Until(() => sink.Refused > 0);
        sink.Fails = false;
        await writer.DisposeAsync();
        Assert.Equal(["a"], sink.Records.Calls());
    }

    [Fact]
    public async Task A_sink_that_hangs_denies_after_the_time_that_the_options_give_and_not_earlier()
    {
        var sink = new BlockingSink { HonoursCancellation = false };
        var time = new FakeTime();
        AuditWriter writer = Writers.Start(sink, time);
        Task<bool> appended = writer.Append("a", AuditAcknowledgement.Durable);
        await sink.Reached;
        await Writers.Until(() => time.PendingTimers > 0);
        time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(appended.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.False(await appended);
        Assert.False(await LaterAsync(writer, time));
        sink.Release();
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task A_sink_that_hangs_for_good_does_not_keep_the_host_from_stopping()
    {
        var sink = new BlockingSink { HonoursCancellation = false };
        AuditWriter writer = Writers.Start(sink, TimeProvider.System, new AuditOptions { Timeout = TimeSpan.FromMilliseconds(20) });
        await writer.Append("a", AuditAcknowledgement.Queued);
        await sink.Reached;
        await writer.DisposeAsync();
        Assert.Equal(1, sink.Attempts);
        sink.Release();
    }

    private static async Task<bool> LaterAsync(AuditWriter writer, FakeTime time)
    {
        Task<bool> appended = writer.Append("b", AuditAcknowledgement.Written);
        await Writers.Until(() => time.PendingTimers > 0);
        time.Advance(TimeSpan.FromSeconds(10));
        return await appended;
    }
}
