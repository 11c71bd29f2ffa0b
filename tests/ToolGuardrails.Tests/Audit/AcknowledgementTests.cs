using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

public sealed class AcknowledgementTests
{
    [Fact]
    public async Task A_queued_record_waits_for_nobody()
    {
        var sink = new BlockingSink();
        AuditWriter writer = Writers.Start(sink);
        ValueTask<bool> appended = writer.AppendAsync(Writers.Body("a"), AuditAcknowledgement.Queued, AuditRecordKind.Decision);
        Assert.True(appended.IsCompletedSuccessfully && await appended);
        sink.Release();
        await writer.DisposeAsync();
    }

    [Theory]
    [InlineData(AuditAcknowledgement.Written)]
    [InlineData(AuditAcknowledgement.Durable)]
    [InlineData(AuditAcknowledgement.Sealed)]
    [InlineData(AuditAcknowledgement.Unspecified)]
    public async Task A_stricter_record_waits_until_the_sink_has_it(AuditAcknowledgement level)
    {
        var sink = new BlockingSink();
        AuditWriter writer = Writers.Start(sink);
        Task<bool> appended = writer.Append("a", level);
        await sink.Reached;
        Assert.False(appended.IsCompleted);
        sink.Release();
        Assert.True(await appended);
        await writer.DisposeAsync();
    }

    [Theory]
    [InlineData(AuditAcknowledgement.Queued, AuditAcknowledgement.Queued)]
    [InlineData(AuditAcknowledgement.Written, AuditAcknowledgement.Written)]
    [InlineData(AuditAcknowledgement.Durable, AuditAcknowledgement.Durable)]
    [InlineData(AuditAcknowledgement.Sealed, AuditAcknowledgement.Sealed)]
    [InlineData(AuditAcknowledgement.Unspecified, AuditAcknowledgement.Sealed)]
    public async Task A_sink_is_told_the_level_of_its_batch_and_an_unspecified_one_is_the_strictest(AuditAcknowledgement asked, AuditAcknowledgement told)
    {
        var sink = new SwitchSink();
        AuditWriter writer = Writers.Start(sink);
        await writer.Append("a", asked);
        await writer.DisposeAsync();
        Assert.Equal([told], sink.Levels);
    }

    [Fact]
    public async Task A_batch_asks_for_the_strictest_level_of_its_records_and_the_next_one_starts_anew()
    {
        var gate = new BlockingSink();
        var sink = new SwitchSink();
        AuditWriter writer = Writers.Start([(gate, AuditRequirement.Required), (sink, AuditRequirement.Required)]);
        await writer.Append("first", AuditAcknowledgement.Queued);
        await gate.Reached;
        Task<bool>[] appended =
        [
            writer.Append("a", AuditAcknowledgement.Written),
            writer.Append("b", AuditAcknowledgement.Durable),
            writer.Append("c", AuditAcknowledgement.Queued),
        ];
        gate.Release();
        Assert.All(await Task.WhenAll(appended), Assert.True);
        await writer.Append("last", AuditAcknowledgement.Written);
        await writer.DisposeAsync();
        Assert.Equal([AuditAcknowledgement.Queued, AuditAcknowledgement.Durable, AuditAcknowledgement.Written], sink.Levels);
        Assert.Equal(["first", "a", "b", "c", "last"], sink.Records.Calls());
    }

    [Fact]
    public async Task A_record_that_two_required_sinks_have_to_take_waits_for_both()
    {
        var slow = new BlockingSink();
        AuditWriter writer = Writers.Start([(new CountingSink(), AuditRequirement.Required), (slow, AuditRequirement.Unspecified)]);
        Task<bool> appended = writer.Append("a", AuditAcknowledgement.Durable);
        await slow.Reached;
        Assert.False(appended.IsCompleted);
        slow.Release();
        Assert.True(await appended);
        await writer.DisposeAsync();
    }
}
