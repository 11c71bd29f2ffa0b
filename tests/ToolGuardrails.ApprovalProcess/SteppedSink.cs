namespace ToolGuardrails.ApprovalProcess;

/// <summary>A log that reaches a step before and after each record.</summary>
internal sealed class SteppedSink(IAuditSink log, Steps steps) : IAuditSink
{
    public AuditAcknowledgement Highest => log.Highest;

    public async ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        string[] names = [.. batch.Select(static r => $"{r.Kind}-{r.Status ?? r.Effect}")];
        Array.ForEach(names, n => steps.Reach($"before-{n}"));
        await log.WriteAsync(batch, cancellationToken);
        Array.ForEach(names, n => steps.Reach($"after-{n}"));
    }
}
