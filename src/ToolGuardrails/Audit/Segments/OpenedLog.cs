namespace ToolGuardrails.Audit;

/// <summary>A log as it was found, whole and ready to be appended to.</summary>
internal sealed class OpenedLog
{
    public required MerkleTreeHasher Hasher { get; init; }

    public required MerkleTreeFrontier Frontier { get; init; }

    public required LogTiles Tiles { get; init; }

    public required ILogFile Segment { get; init; }

    /// <summary>The last segment's first line.</summary>
    public required long First { get; init; }

    /// <summary>The last segment's bytes.</summary>
    public required long Length { get; init; }

    /// <summary>When the last segment's first line was made; null where it has none.</summary>
    public DateTimeOffset? SegmentBegan { get; init; }

    /// <summary>When the last line was made; null where there is none.</summary>
    public DateTimeOffset? LastTime { get; init; }

    /// <summary>How many lines there are behind the last seal.</summary>
    public required long Unsealed { get; init; }

    public INoteSigner? Signer { get; init; }

    /// <summary>The changes of key that a prune in the last segment tells again.</summary>
    public IReadOnlyList<LogKeyRotation> PrunedRotations { get; init; } = [];
}
