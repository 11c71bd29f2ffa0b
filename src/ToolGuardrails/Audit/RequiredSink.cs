namespace ToolGuardrails.Audit;

/// <summary>A sink that calls depend on. The writer's thread waits for it; the calls wait for the writer no longer than configured.</summary>
internal sealed class RequiredSink(IAuditSink sink)
{
    public string Name => sink.GetType().Name;

    public void Write(AuditBatch batch)
    {
        ValueTask writing = sink.WriteAsync(batch, CancellationToken.None);
        if (!writing.IsCompletedSuccessfully)
        {
            writing.AsTask().GetAwaiter().GetResult();
        }
    }
}
