namespace ToolGuardrails;

/// <summary>How records are made and how long a call waits for them.</summary>
public sealed class AuditOptions
{
    /// <summary>How long a call waits for room in memory, and again for its record's acknowledgement, before it is denied.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many bytes of records may wait in memory. A call that finds no room waits up to <see cref="Timeout"/>.</summary>
    /// <value>4 MiB; at least 256 KiB.</value>
    public int MaxQueuedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a best-effort sink may take over one batch before it is left behind.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan BestEffortTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How safely the decision on a reversible call of tier Low is kept before the call goes on.</summary>
    /// <value><see cref="AuditAcknowledgement.Queued"/>; it can be raised.</value>
    public AuditAcknowledgement Low { get; set; } = AuditAcknowledgement.Queued;

    /// <summary>How safely the decision on a reversible call of tier Medium is kept before the call goes on.</summary>
    /// <value><see cref="AuditAcknowledgement.Written"/>; it can be raised, not lowered.</value>
    public AuditAcknowledgement Medium { get; set; } = AuditAcknowledgement.Written;

    /// <summary>How safely the decision on a call that is irreversible or of tier High is kept before the call goes on, and its outcome before the result is given out.</summary>
    /// <value><see cref="AuditAcknowledgement.Durable"/>; it can be raised, not lowered.</value>
    public AuditAcknowledgement High { get; set; } = AuditAcknowledgement.Durable;

    /// <summary>Whether reversible calls of tier Low go on without records while memory is full, in the place of waiting. How many are missing is recorded (<c>dropped</c>).</summary>
    /// <value>False: they wait up to <see cref="Timeout"/>, and are denied then.</value>
    public bool ShedLow { get; set; }

    /// <summary>Where the key of the commitments is kept: outside any log, readable by the owner only. Made on first use.</summary>
    /// <value>Null: <c>ToolGuardrails/keys</c> in the user's data directory.</value>
    public string? KeyDirectory { get; set; }

    /// <summary>The commitments' key itself, at least 32 bytes, for hosts that keep it elsewhere. Takes the place of <see cref="KeyDirectory"/>.</summary>
    /// <value>Empty.</value>
    public ReadOnlyMemory<byte> CommitmentKey { get; set; }

    // What a pipeline was checked with is what it keeps.
    internal AuditOptions Copy() => (AuditOptions)MemberwiseClone();
}
