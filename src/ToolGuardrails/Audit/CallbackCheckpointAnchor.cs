namespace ToolGuardrails;

/// <summary>Hands checkpoints to a function of the host.</summary>
/// <param name="anchor">Keeps one.</param>
public sealed class CallbackCheckpointAnchor(Func<AuditCheckpoint, CancellationToken, ValueTask> anchor) : ICheckpointAnchor
{
    private readonly Func<AuditCheckpoint, CancellationToken, ValueTask> _anchor = anchor ?? throw new ArgumentNullException(nameof(anchor));

    /// <inheritdoc/>
    public ValueTask AnchorAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken) => _anchor(checkpoint, cancellationToken);
}
