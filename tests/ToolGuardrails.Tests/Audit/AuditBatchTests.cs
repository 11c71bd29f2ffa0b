using System.Text;

namespace ToolGuardrails.Tests.Audit;

public sealed class AuditBatchTests
{
    [Fact]
    public void A_batch_of_lines_has_them_in_order_each_with_its_line_feed()
    {
        var batch = AuditBatch.FromLines([Bytes("{\"ev\":\"outcome\"}"), Bytes("{}")], AuditAcknowledgement.Sealed);
        Assert.Equal("{\"ev\":\"outcome\"}\n{}\n", Encoding.UTF8.GetString(batch.Lines.Span));
        Assert.Equal(["{\"ev\":\"outcome\"}", "{}"], batch.Select(static r => r.ToString()));
        Assert.Equal(AuditRecordKind.Outcome, batch[0].Kind);
        Assert.Equal(AuditAcknowledgement.Sealed, batch.Acknowledgement);
    }

    [Fact]
    public void It_is_a_copy()
    {
        byte[] line = Bytes("{}");
        var batch = AuditBatch.FromLines([line], AuditAcknowledgement.Queued);
        line[0] = (byte)'#';
        Assert.Equal("{}", batch[0].ToString());
    }

    [Fact]
    public void There_may_be_no_lines()
    {
        var batch = AuditBatch.FromLines([], AuditAcknowledgement.Queued);
        Assert.Empty(batch);
        Assert.Equal(0, batch.Lines.Length);
    }

    [Theory]
    [InlineData("", "Line 1 is empty")]
    [InlineData("{}\n", "Line 1 holds a line feed")]
    [InlineData("{}\n{}", "Line 1 holds a line feed")]
    public void What_is_no_line_is_refused(string line, string why) =>
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => AuditBatch.FromLines([Bytes("{}"), Bytes(line)], AuditAcknowledgement.Queued)).Message, StringComparison.Ordinal);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
