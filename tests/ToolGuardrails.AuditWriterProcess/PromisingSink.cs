using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ToolGuardrails.AuditWriterProcess;

/// <summary>A log that prints the digest of each line as soon as the line was acknowledged: what a reader must find in the log afterwards, byte by byte.</summary>
/// <param name="log">The log.</param>
/// <param name="behind">Whether it lies: acknowledges each batch, and writes it only when the next one comes.</param>
internal sealed class PromisingSink(IAuditSink log, bool behind) : IAuditSink
{
    private AuditBatch? _owed;

    public AuditAcknowledgement Highest => log.Highest;

    public async ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        AuditBatch? now = behind ? _owed : batch;
        _owed = batch;
        if (now is not null)
        {
            await log.WriteAsync(now, cancellationToken);
        }

        Console.Out.Write(Promises(batch));
    }

    private static string Promises(AuditBatch batch)
    {
        var text = new StringBuilder();
        char level = batch.Acknowledgement.ToString()[0];
        foreach (AuditRecord record in batch)
        {
            text.Append(CultureInfo.InvariantCulture, $"R {level} {Convert.ToHexStringLower(SHA256.HashData(record.Line.Span))}\n");
        }

        return text.ToString();
    }
}
