using System.Buffers;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

/// <summary>Batches as the writer makes them, for tests that hand one to a sink themselves.</summary>
internal sealed class Batches
{
    private readonly LineStamp _stamp = LineStamp.New();

    /// <summary>One record for each call id.</summary>
    public AuditBatch Of(params ReadOnlySpan<string> calls)
    {
        var lines = new ArrayBufferWriter<byte>();
        int[] ends = new int[calls.Length];
        for (int i = 0; i < calls.Length; i++)
        {
            _stamp.Finish(Writers.Body(calls[i]), lines);
            ends[i] = lines.WrittenCount;
        }

        return new AuditBatch(lines.WrittenMemory, ends, AuditAcknowledgement.Durable);
    }

    /// <summary>One record of some length.</summary>
    public AuditBatch Of(string call, int length)
    {
        var lines = new ArrayBufferWriter<byte>();
        _stamp.Finish(Writers.Body(call, length), lines);
        return new AuditBatch(lines.WrittenMemory, new[] { lines.WrittenCount }, AuditAcknowledgement.Durable);
    }
}
