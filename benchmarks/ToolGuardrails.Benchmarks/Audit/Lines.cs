using System.Buffers;
using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>Records of about 320 bytes.</summary>
internal static class Lines
{
    public static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"t":"2026-11-22T11:13:55.9763702Z","ev":"decision","mode":"enforce","session":"s-1","agent":"support-agent","call":"f6353c4b6f8cb7fd-1","tool":"orders.get","access":["read"],"tier":"low","effect":"allow","code":"allowed","rules":["grant:support-agent/read-orders"],"args":{"id":1007}}""");

    public static AuditBatch Batch(LineStamp stamp, int count, AuditAcknowledgement level)
    {
        var lines = new ArrayBufferWriter<byte>(count * 400);
        int[] ends = new int[count];
        for (int i = 0; i < count; i++)
        {
            stamp.Finish(Body, lines);
            ends[i] = lines.WrittenCount;
        }

        return new AuditBatch(lines.WrittenMemory, ends, level);
    }
}
