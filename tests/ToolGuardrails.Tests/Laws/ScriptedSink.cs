namespace ToolGuardrails.Tests.Laws;

/// <summary>A sink that first does what the test says, which may throw or wait, and keeps the batch where that ended well.</summary>
internal sealed class ScriptedSink(Func<AuditBatch, ValueTask> script) : IAuditSink
{
    private readonly List<AuditRecord> _kept = [];

    public AuditAcknowledgement Highest { get; init; } = AuditAcknowledgement.Sealed;

    public IReadOnlyList<AuditRecord> Kept
    {
        get
        {
            lock (_kept)
            {
                return [.. _kept];
            }
        }
    }

    public IReadOnlyList<AuditRecord> Of(AuditRecordKind kind) => [.. Kept.Where(r => r.Kind == kind)];

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        ValueTask scripted = script(batch);
        return scripted.IsCompletedSuccessfully ? Keep(batch) : KeepAfterAsync(scripted, batch);
    }

    private async ValueTask KeepAfterAsync(ValueTask scripted, AuditBatch batch)
    {
        await scripted;
        await Keep(batch);
    }

    private ValueTask Keep(AuditBatch batch)
    {
        lock (_kept)
        {
            _kept.AddRange(batch.Select(static r => new AuditRecord(r.Line.ToArray())));
        }

        return default;
    }
}
