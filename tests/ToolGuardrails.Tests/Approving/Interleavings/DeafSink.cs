namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A log that takes nothing while it is deaf.</summary>
internal sealed class DeafSink(IAuditSink log) : IAuditSink
{
    private volatile bool _isDeaf;

    public bool IsDeaf
    {
        get => _isDeaf;
        set => _isDeaf = value;
    }

    public AuditAcknowledgement Highest => log.Highest;

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken) =>
        _isDeaf ? throw new IOException("The disk is full.") : log.WriteAsync(batch, cancellationToken);
}
