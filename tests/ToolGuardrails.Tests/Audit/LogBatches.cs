using System.Buffers;
using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

/// <summary>Batches as the pipeline's writer makes them, one stamp for all.</summary>
internal sealed class LogBatches(TimeProvider? time = null)
{
    private readonly LineStamp _stamp = LineStamp.New();

    public AuditBatch Of(AuditAcknowledgement level, params IReadOnlyList<string> texts)
    {
        var lines = new ArrayBufferWriter<byte>();
        var ends = new List<int>();
        foreach (string text in texts)
        {
            _stamp.Finish(Encoding.UTF8.GetBytes($$"""{"t":"{{(time ?? TimeProvider.System).GetUtcNow().UtcDateTime:O}}","ev":"prompt","mode":"enforce","text":"{{text}}"}"""), lines);
            ends.Add(lines.WrittenCount);
        }

        return new AuditBatch(lines.WrittenMemory.ToArray(), ends.ToArray(), level);
    }
}
