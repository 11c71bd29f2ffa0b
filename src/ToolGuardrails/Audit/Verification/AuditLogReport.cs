using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>What a verification found. A log is intact exactly where <see cref="Damage"/> is empty; <see cref="Notes"/> say what that doesn't promise.</summary>
public sealed class AuditLogReport
{
    internal AuditLogReport(string directoryPath, IReadOnlyList<AuditLogDamage> damage, IReadOnlyList<string> notes)
    {
        DirectoryPath = directoryPath;
        Damage = damage;
        Notes = notes;
    }

    /// <summary>The log's directory, as a full path.</summary>
    public string DirectoryPath { get; }

    /// <summary>The log's name, or null where the descriptor can't be read.</summary>
    public string? Origin { get; internal init; }

    /// <summary>Whether there is no damage at all.</summary>
    public bool IsIntact => Damage.Count == 0;

    /// <summary>Whether the log's seals are signed. An unsigned log shows accidents, not people.</summary>
    public bool IsSigned { get; internal init; }

    /// <summary>Whether one of the given keys was in force. False also where none was given.</summary>
    public bool IsKeyPinned { get; internal init; }

    /// <summary>The index of the first record that is still there: 0 unless the log was pruned.</summary>
    public long FirstRecord { get; internal init; }

    /// <summary>The index behind the last record: how many there have ever been.</summary>
    public long Records { get; internal init; }

    /// <summary>How many records the newest seal that holds covers, from 0 on; 0 where there is none.</summary>
    public long SealedRecords { get; internal init; }

    /// <summary>When that seal was made, by the writer's clock; null where there is none.</summary>
    public DateTimeOffset? SealedAt { get; internal init; }

    /// <summary>The size of the largest given checkpoint that fits; null where none does or none was given.</summary>
    public long? AnchoredRecords { get; internal init; }

    /// <summary>The checkpoint of the newest seal that holds: what to keep elsewhere. Null where there is none.</summary>
    public AuditCheckpoint? Checkpoint { get; internal init; }

    /// <summary>What is wrong. Of each kind at most 20 are listed; the last of them says how many more there are.</summary>
    public IReadOnlyList<AuditLogDamage> Damage { get; }

    /// <summary>What somebody should know who relies on the result, in whole sentences.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The report as plain text: the verdict, what is sealed and anchored, the damage, the notes.</summary>
    public string ToText() => ReportText.Of(this);

    /// <summary>The verdict alone.</summary>
    public override string ToString() => ReportText.Verdict(this);
}
