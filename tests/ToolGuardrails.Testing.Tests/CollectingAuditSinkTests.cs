namespace ToolGuardrails.Testing.Tests;

public sealed class CollectingAuditSinkTests
{
    [Fact]
    public async Task It_keeps_copies_and_wakes_who_waits_for_them()
    {
        var sink = new CollectingAuditSink();
        Task<IReadOnlyList<AuditRecord>> outcomes = sink.WaitForAsync(AuditRecordKind.Outcome, 2);
        byte[] line = """{"ev":"outcome","call":"a"}"""u8.ToArray();
        await sink.WriteAsync(AuditBatch.FromLines([line, """{"ev":"decision"}"""u8.ToArray()], AuditAcknowledgement.Queued), default);
        Assert.False(outcomes.IsCompleted);
        line.AsSpan().Fill((byte)'#');
        await sink.WriteAsync(AuditBatch.FromLines(["""{"ev":"outcome","call":"b"}"""u8.ToArray()], AuditAcknowledgement.Queued), default);
        Assert.Equal(["a", "b"], (await outcomes).Select(static r => r.CallId));
        Assert.Equal(3, (await sink.WaitForAsync(3)).Count);
    }

    [Fact]
    public async Task A_wait_that_is_in_vain_ends_and_tells_what_came()
    {
        var sink = new CollectingAuditSink { WaitLimit = TimeSpan.FromMilliseconds(1) };
        await sink.WriteAsync(AuditBatch.FromLines(["""{"ev":"decision"}"""u8.ToArray()], AuditAcknowledgement.Queued), default);
        GuardrailAssertionException failure = await Assert.ThrowsAsync<GuardrailAssertionException>(() => sink.WaitForAsync(AuditRecordKind.Outcome));
        Assert.Equal("Waited 00:00:00.0010000 for 1 records of kind Outcome, and 0 came. All that came:\n  {\"ev\":\"decision\"}", failure.Message);
    }

    [Theory]
    [InlineData(AuditAcknowledgement.Queued)]
    [InlineData(AuditAcknowledgement.Durable)]
    public void It_claims_what_the_test_wants(AuditAcknowledgement claimed) => Assert.Equal(claimed, new CollectingAuditSink(claimed).Highest);
}
