using Microsoft.Extensions.Logging;

namespace ToolGuardrails;

/// <summary>How an <see cref="AuditLog"/> signs, seals, rotates, anchors and forgets.</summary>
public sealed class AuditLogOptions
{
    /// <summary>The fewest days that records are kept, unless <see cref="RetentionOverride"/> says why not.</summary>
    public static int RetentionFloorDays => 180;

    private const int MostRetentionDays = 36_500;

    /// <summary>The log's name in its checkpoints: no spaces, no plus sign. Fixed when the log is made.</summary>
    /// <value>Null: the signer's name, else <c>guardrails.local/log/</c> and a random id.</value>
    public string? Origin { get; set; }

    /// <summary>Where the signing key is kept: outside the log, readable by the owner only. Made on first use.</summary>
    /// <value>Null: <c>ToolGuardrails/keys</c> in the user's data directory.</value>
    public string? KeyDirectory { get; set; }

    /// <summary>Signs in the place of a key file, such as a key management service. Not disposed by the log.</summary>
    /// <value>Null: a key file in <see cref="KeyDirectory"/>.</value>
    public INoteSigner? Signer { get; set; }

    /// <summary>The signer that the log used before <see cref="Signer"/>: when the log is opened, the key is rotated from this one to that one. A key file needs no mention.</summary>
    /// <value>Null.</value>
    public INoteSigner? PreviousSigner { get; set; }

    /// <summary>Whether the log goes without signatures. Then it shows accidents, and nothing that somebody with access to the disk does on purpose. Fixed when the log is made.</summary>
    /// <value>False.</value>
    public bool IsUnsigned { get; set; }

    /// <summary>How long records may go without a seal.</summary>
    /// <value>1 second.</value>
    public TimeSpan SealInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many records may go without a seal.</summary>
    /// <value>1,024.</value>
    public int SealEvery { get; set; } = 1024;

    /// <summary>After how long without a record the log says that it is alive, and seals.</summary>
    /// <value>1 minute.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>At how many bytes a new segment is begun.</summary>
    /// <value>64 MiB.</value>
    public long SegmentBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>At what age a new segment is begun.</summary>
    /// <value>24 hours.</value>
    public TimeSpan SegmentAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long records are kept. Whole segments that are older are removed; the tree stays verifiable. At least <see cref="RetentionFloorDays"/> days, in whole days.</summary>
    /// <value>Null: for ever.</value>
    public TimeSpan? Retention { get; set; }

    /// <summary>Why records are kept for less than <see cref="RetentionFloorDays"/> days. It is recorded each time that something is removed.</summary>
    /// <value>Null.</value>
    public string? RetentionOverride { get; set; }

    /// <summary>How long opening waits while another process writes the log.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one signature may take.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan SignTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where checkpoints are kept besides the log. Only these show that a log was rolled back, or written anew with its own key.</summary>
    /// <value>None; <c>AddAuditLog</c> adds a <see cref="LoggerCheckpointAnchor"/>.</value>
    public IList<ICheckpointAnchor> Anchors { get; } = [];

    /// <summary>How often a new checkpoint is anchored. It also is when the log is closed, or its key changes.</summary>
    /// <value>1 minute.</value>
    public TimeSpan AnchorInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one anchor may take.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan AnchorTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The last checkpoint of the log that this one continues, for a new log after a lost key.</summary>
    /// <value>Null.</value>
    public AuditCheckpoint? PreviousCheckpoint { get; set; }

    /// <summary>The clock.</summary>
    /// <value>The system's.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the log reports its own troubles.</summary>
    /// <value>Null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    // What a log was made with is what it keeps.
    internal AuditLogOptions Copy()
    {
        var copy = new AuditLogOptions();
        foreach (ICheckpointAnchor anchor in Anchors)
        {
            copy.Anchors.Add(anchor);
        }

        copy.Origin = Origin;
        copy.KeyDirectory = KeyDirectory;
        copy.Signer = Signer;
        copy.PreviousSigner = PreviousSigner;
        copy.IsUnsigned = IsUnsigned;
        copy.SealInterval = SealInterval;
        copy.SealEvery = SealEvery;
        copy.Heartbeat = Heartbeat;
        copy.SegmentBytes = SegmentBytes;
        copy.SegmentAge = SegmentAge;
        copy.Retention = Retention;
        copy.RetentionOverride = RetentionOverride;
        copy.LockTimeout = LockTimeout;
        copy.SignTimeout = SignTimeout;
        copy.AnchorInterval = AnchorInterval;
        copy.AnchorTimeout = AnchorTimeout;
        copy.PreviousCheckpoint = PreviousCheckpoint;
        copy.TimeProvider = TimeProvider;
        copy.LoggerFactory = LoggerFactory;
        return copy;
    }

    /// <summary>What doesn't hold, as a sentence; null where all does.</summary>
    internal string? Problem()
    {
        if (Retention is { } retention && (retention < TimeSpan.FromDays(1) || retention.Ticks % TimeSpan.TicksPerDay != 0))
        {
            return $"AuditLogOptions.Retention is {retention}; it is a number of whole days.";
        }

        if (Retention < TimeSpan.FromDays(RetentionFloorDays) && string.IsNullOrWhiteSpace(RetentionOverride))
        {
            return $"AuditLogOptions.Retention keeps records for {Retention.Value.Days} days; the least is {RetentionFloorDays}, unless AuditLogOptions.RetentionOverride says why. The reason is recorded.";
        }

        if (IsUnsigned && (Signer is not null || PreviousSigner is not null))
        {
            return "AuditLogOptions.IsUnsigned is set and so is a signer; decide for one.";
        }

        if (Origin is not null && Signer is not null && Origin != Signer.Name)
        {
            return $"AuditLogOptions.Origin is '{Origin}' and the signer's name is '{Signer.Name}'; a checkpoint's key has the log's name, so leave Origin out.";
        }

        if (Origin is not null && !Audit.NoteKeyName.IsValid(Origin))
        {
            return $"AuditLogOptions.Origin '{Origin}' can't be a log's name: it is empty, or has a space, a control character or a plus sign.";
        }

        TimeSpan[] times = [SealInterval, Heartbeat, SignTimeout, AnchorInterval, AnchorTimeout];
        bool inRange = times.All(static t => t > TimeSpan.Zero && t <= TimeSpan.FromDays(1)) && LockTimeout >= TimeSpan.Zero && LockTimeout <= TimeSpan.FromDays(1)
            && SegmentAge > TimeSpan.Zero && SealEvery > 0 && SegmentBytes is >= 4096 and <= 1L << 30 && (Retention is null || Retention <= TimeSpan.FromDays(MostRetentionDays));
        return inRange ? null : $"AuditLogOptions are out of range; times are more than zero (LockTimeout may be zero) and at most a day (SegmentAge any), SealEvery is at least 1, SegmentBytes from 4,096 to 1 GiB, Retention at most {MostRetentionDays} days.";
    }
}
