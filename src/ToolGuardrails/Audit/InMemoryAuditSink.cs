namespace ToolGuardrails;

/// <summary>Keeps records in memory, for tests and demonstrations.</summary>
/// <param name="highest">What it claims. <see cref="AuditAcknowledgement.Queued"/>, the default, is the truth; tests may let it stand in for a durable sink.</param>
public sealed class InMemoryAuditSink(AuditAcknowledgement highest = AuditAcknowledgement.Queued) : IAuditSink
{
    private readonly Lock _lock = new();
    private readonly List<AuditRecord> _records = [];

    /// <inheritdoc/>
    public AuditAcknowledgement Highest => highest;

    /// <summary>A copy of what has been kept, in order.</summary>
    public IReadOnlyList<AuditRecord> Records
    {
        get
        {
            lock (_lock)
            {
                return [.. _records];
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_lock)
        {
            _records.AddRange(batch.Select(static r => new AuditRecord(r.Line.ToArray())));
        }

        return default;
    }
}
