namespace ToolGuardrails.Benchmarks;

/// <summary>Counts records and drops them: what is measured is the pipeline with its live writer, not a disk.</summary>
internal sealed class CountingSink : IAuditSink
{
    private long _records;

    public AuditAcknowledgement Highest => AuditAcknowledgement.Sealed;

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        _records += batch.Count;
        return default;
    }

    public override string ToString() => $"{_records} records counted";
}
