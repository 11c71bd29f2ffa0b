namespace ToolGuardrails;

/// <summary>Keeps audit records. Called with one batch at a time, in order, never on the thread of a tool call.</summary>
/// <remarks>Let exceptions out: the pipeline turns the failure of a required sink into denials, and logs that of a best-effort one. Don't retry a failed sync.</remarks>
public interface IAuditSink
{
    /// <summary>The highest acknowledgement that a completed <see cref="WriteAsync"/> stands for. A policy that needs more than the strongest required sink gives is refused at start-up.</summary>
    AuditAcknowledgement Highest { get; }

    /// <summary>Keeps a batch. When this completes, every record in it is kept at least as safely as <see cref="AuditBatch.Acknowledgement"/> asks, or as <see cref="Highest"/> says where that is less.</summary>
    /// <param name="batch">The records, whose memory may be used until the returned task completes.</param>
    /// <param name="cancellationToken">For a best-effort sink: is cancelled when <see cref="AuditOptions.BestEffortTimeout"/> is over. A required sink isn't given up on, so for one it is never cancelled.</param>
    ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken);
}
