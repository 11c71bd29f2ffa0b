using System.Text;
using Microsoft.Extensions.Logging;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

public sealed class SinkTests
{
    [Fact]
    public async Task The_logger_sink_logs_each_line_at_information_and_claims_no_more_than_memory()
    {
        var log = new LogLines();
        var sink = new LoggerAuditSink(new Logger<LoggerAuditSink>(log));
        AuditBatch batch = new Batches().Of("a", "b");
        await sink.WriteAsync(batch, default);
        Assert.Equal(batch.Select(static r => $"Information: {r}"), log.Lines);
        Assert.Equal(AuditAcknowledgement.Queued, sink.Highest);
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await sink.WriteAsync(null!, default));
    }

    [Fact]
    public async Task The_memory_sink_keeps_copies_in_order_and_claims_what_it_was_told()
    {
        Assert.Equal(AuditAcknowledgement.Queued, new InMemoryAuditSink().Highest);
        var sink = new InMemoryAuditSink(AuditAcknowledgement.Sealed);
        Assert.Equal(AuditAcknowledgement.Sealed, sink.Highest);
        byte[] bytes = Encoding.UTF8.GetBytes("{\"call\":\"a\"}\n{\"call\":\"b\"}\n");
        await sink.WriteAsync(new AuditBatch(bytes, new[] { 13, 26 }, AuditAcknowledgement.Queued), default);
        IReadOnlyList<AuditRecord> before = sink.Records;
        Array.Clear(bytes);
        await sink.WriteAsync(new Batches().Of("c"), default);
        Assert.Equal(["a", "b", "c"], sink.Records.Calls());
        Assert.Equal(2, before.Count);
    }

    [Fact]
    public void A_batch_gives_its_lines_together_and_one_by_one()
    {
        AuditBatch batch = new Batches().Of("a", "bb", "ccc");
        Assert.Equal(Encoding.UTF8.GetString(batch.Lines.Span), string.Concat(batch.Select(static r => r + "\n")));
        Assert.Equal(3, batch.Count);
        Assert.Equal("ccc", batch[2].CallId);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[-1]);
    }

    [Fact]
    public void A_record_reads_its_members_and_none_where_there_is_none()
    {
        var record = new AuditRecord("""{"v":1,"t":"2026-01-05T09:00:00.1234567Z","ev":"decision","args":{"code":"no"},"code":"x\u0041","tier":"low"}"""u8.ToArray());
        Assert.Equal((AuditRecordKind.Decision, "xA", null), (record.Kind, record.Code, record.SessionId));
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero).AddTicks(1234567), record.Time);
        Assert.Null(record.GetString("v"));
        Assert.Null(record.GetString("args"));
        Assert.Equal(AuditRecordKind.Unspecified, new AuditRecord("""{"ev":"later"}"""u8.ToArray()).Kind);
    }
}
