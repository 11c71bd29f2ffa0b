using Microsoft.Extensions.Logging;

namespace ToolGuardrails;

/// <summary>Sends each record's line to a logger, at level Information. What a logger takes may still get lost, so this claims <see cref="AuditAcknowledgement.Queued"/> only.</summary>
/// <param name="logger">The logger.</param>
public sealed class LoggerAuditSink(ILogger<LoggerAuditSink> logger) : IAuditSink
{
    /// <inheritdoc/>
    public AuditAcknowledgement Highest => AuditAcknowledgement.Queued;

    /// <inheritdoc/>
    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (AuditRecord record in batch)
        {
            Log.AuditLine(logger, record.ToString());
        }

        return default;
    }
}
