namespace ToolGuardrails;

/// <summary>Keeps an audit log's checkpoints somewhere that whoever controls the log's directory doesn't. Nothing inside the directory can show that it was rolled back.</summary>
public interface ICheckpointAnchor
{
    /// <summary>Keeps a checkpoint. Calls don't overlap; sizes only grow while one process writes. What throws is logged, and the next checkpoint is tried at the next interval.</summary>
    /// <param name="checkpoint">The newest checkpoint; its records are on stable storage.</param>
    /// <param name="cancellationToken">Cancelled when <see cref="AuditLogOptions.AnchorTimeout"/> is over.</param>
    ValueTask AnchorAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken);
}
