namespace ToolGuardrails.Audit;

/// <summary>Records whose lines and stored hashes differ, until a sealed root says which of them is right.</summary>
/// <param name="Place">The first line.</param>
/// <param name="Count">How many records in a row.</param>
/// <param name="HashFile">The file with the stored hashes.</param>
/// <param name="HashOffset">The first hash in it.</param>
/// <param name="Cause">What the lines are.</param>
internal readonly record struct Difference(LinePlace Place, long Count, string HashFile, long HashOffset, DifferenceCause Cause)
{
    private const int Hash = MerkleTreeHasher.HashSize;

    /// <summary>The records, as a sentence's subject.</summary>
    public string Records => Count == 1 ? $"Record {Place.Index}" : $"Records {Place.Index} to {Place.Index + Count - 1}";

    public bool Covers(long index) => index >= Place.Index && index < Place.Index + Count;

    public bool IsFollowedBy(in Difference next) =>
        Cause == next.Cause && HashFile == next.HashFile && Place.Index + Count == next.Place.Index && HashOffset + (Count * Hash) == next.HashOffset;

    /// <summary>The damage, where the lines are what was sealed.</summary>
    public AuditLogDamage OfHashes() => new(
        AuditLogDamageKind.Derived,
        HashFile,
        $"{(Count == 1 ? "The hash of a record isn't its" : $"The hashes of {Count} records aren't their")} line's, and what was sealed speaks for the line. {Rebuilding.WayOut}",
        Place.Index,
        offset: HashOffset,
        isDerived: true);

    /// <summary>The damage, where the stored hashes are what was sealed. Null where it has been reported already.</summary>
    public AuditLogDamage? OfLines() => Cause switch
    {
        DifferenceCause.Pruned => new AuditLogDamage(AuditLogDamageKind.PrunedHashes, HashFile, $"The hashes of pruned records {Place.Index} to {Place.Index + Count - 1} aren't those that were sealed. They can't be made again; restore the file from a copy of it.", Place.Index, offset: HashOffset),
        DifferenceCause.Changed => Place.Damage(AuditLogDamageKind.Tree, $"{Records} {(Count == 1 ? "isn't" : "aren't")} what was sealed: {(Count == 1 ? "the line was" : "the lines were")} changed afterwards. Restore the file from a copy of it."),
        DifferenceCause.Exchanged => Place.Damage(AuditLogDamageKind.Tree, $"{Records} {(Count == 1 ? "stands" : "stand")} elsewhere than when they were sealed: lines were exchanged. Restore the file from a copy of it."),
        _ => null,
    };
}

/// <summary>What the lines of a difference are.</summary>
internal enum DifferenceCause : byte
{
    /// <summary>Lines in good form.</summary>
    Changed,

    /// <summary>Lines in good form, whose hashes are stored for each other.</summary>
    Exchanged,

    /// <summary>Lines that were reported already: bad in themselves, or put in, or gone.</summary>
    Reported,

    /// <summary>No lines: the hashes of pruned records against those of their subtrees.</summary>
    Pruned,
}
