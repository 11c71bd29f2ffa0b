namespace ToolGuardrails.Tests.Kit;

/// <summary>A sink that takes every record, counts it and drops it.</summary>
internal sealed class CountingSink : IAuditSink
{
    private long _records;

    public AuditAcknowledgement Highest => AuditAcknowledgement.Sealed;

    public long Records => Interlocked.Read(ref _records);

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _records, batch.Count);
        return default;
    }
}
