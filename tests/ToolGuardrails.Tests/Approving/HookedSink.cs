namespace ToolGuardrails.Tests.Approving;

/// <summary>A required sink that lets a test do something before it acknowledges a record.</summary>
internal sealed class HookedSink(Func<AuditRecord, Task> before) : IAuditSink
{
    public AuditAcknowledgement Highest => AuditAcknowledgement.Sealed;

    public async ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        foreach (AuditRecord record in batch)
        {
            await before(record);
        }
    }
}
