namespace ToolGuardrails.Audit;

/// <summary>Recognises a segment that has another's name, by the hash that is stored of its first line.</summary>
internal static class RenamedSegment
{
    /// <summary>Whether a segment is the one that should begin at an index, where there is none.</summary>
    public static bool IsRenamed(LogUnderTest log, long segment, long index)
    {
        Span<byte> stored = stackalloc byte[MerkleTreeHasher.HashSize];
        using ReadOnlyFile? tile = ReadOnlyFile.TryOpen(log.Paths.LeafTile(index));
        if (log.Content.Segments.Contains(index) || tile is null || tile.Read(stored, 0) < stored.Length)
        {
            return false;
        }

        using var reader = new SegmentReader(log.Paths.Segment(segment), string.Empty, string.Empty, segment, isLast: true);
        using var block = new SegmentBlock();
        if (!reader.TryRead(block))
        {
            return false;
        }

        block.Process();
        return block.HashOf(0).SequenceEqual(stored);
    }
}
