using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Audit;

/// <summary>Takes a log's tree up from the stored hashes, or makes them anew from the lines.</summary>
internal sealed class LogRestoring(LogPaths paths, ILogFiles files, MerkleTreeHasher hasher, ILogger logger)
{
    private readonly byte[] _leaf = new byte[MerkleTreeHasher.HashSize];

    public OpenedLog Restore(LogEnd end, long first, INoteSigner? signer)
    {
        AuditCheckpoint? seal = end.SealNote is { } note ? AuditCheckpoint.TryRead(note, out _) : null;
        var tiles = new LogTiles(paths, files, LogTiles.Segments(paths, files));
        MerkleTreeFrontier? frontier = TryTakeUp(end, tiles, seal);
        if (frontier is null)
        {
            // What the attempt has taken but not written, and the files that are deleted now, mustn't be gone on with.
            tiles.Dispose();
            tiles = new LogTiles(paths, files, LogTiles.Segments(paths, files));
            frontier = Rebuild(end, tiles, seal);
        }

        tiles.StopReading();
        return new OpenedLog
        {
            Hasher = hasher,
            Frontier = frontier,
            Tiles = tiles,
            Segment = files.Open(paths.Segment(first)),
            First = first,
            Length = end.Last.Length,
            SegmentBegan = end.Last.FirstTime,
            LastTime = end.Last.LastTime,
            PrunedRotations = end.Last.Prune is { } prune ? LogPruning.RotationsOf(prune.Line) : [],
            Unsealed = frontier.Size - (seal is null ? 0 : seal.Size + 1),
            Signer = signer,
        };
    }

    // A writer that ended in order left all hashes durable; another one, all but those of the last segments.
    private MerkleTreeFrontier? TryTakeUp(LogEnd end, LogTiles tiles, AuditCheckpoint? seal)
    {
        if (seal is null)
        {
            return null;
        }

        // The seal is what says that the hashes are right, so the taking up begins no later than in its segment.
        long segment = end.Last.EndsClosed ? end.Last.First : Math.Min(end.Sealed!.First, end.Segments[Math.Max(0, end.Segments.Count - 2)]);
        long from = end.Last.EndsClosed ? end.Last.Seal!.Index : segment;
        if (!tiles.Reach(from))
        {
            return null;
        }

        try
        {
            MerkleTreeFrontier frontier = MerkleTreeFrontier.Restore(hasher, from, MerkleTreeRows.Reader(hasher, tiles.Read));
            return Replay(end, tiles, frontier, segment, end.Last.EndsClosed ? end.Last.Seal!.Offset : 0, seal);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static bool HasRoot(MerkleTreeFrontier frontier, AuditCheckpoint seal)
    {
        Span<byte> root = stackalloc byte[MerkleTreeHasher.HashSize];
        frontier.Root(root);
        return root.SequenceEqual(seal.RootHash.Span);
    }

    private MerkleTreeFrontier Rebuild(LogEnd end, LogTiles tiles, AuditCheckpoint? seal)
    {
        if (seal is not null)
        {
            Log.TilesRebuilt(logger, paths.Directory);
        }

        var frontier = new MerkleTreeFrontier(hasher);
        tiles.StopReading();
        tiles.CutRows();
        TakePruned(tiles, frontier, end.Segments[0]);
        return Replay(end, tiles, frontier, end.Segments[0], 0, seal);
    }

    // Of pruned segments only the hashes are left.
    private void TakePruned(LogTiles tiles, MerkleTreeFrontier frontier, long until)
    {
        byte[] hashes = new byte[256 * MerkleTreeHasher.HashSize];
        while (frontier.Size < until)
        {
            int count = (int)Math.Min(256, until - frontier.Size);
            try
            {
                tiles.Read(0, frontier.Size, hashes.AsSpan(0, count * MerkleTreeHasher.HashSize));
            }
            catch (Exception e) when (e is EndOfStreamException or ArgumentOutOfRangeException)
            {
                throw new InvalidDataException($"The stored hashes of pruned records from {frontier.Size} on are missing in '{paths.LeafTiles}', and can't be made anew; restore them from a backup.", e);
            }

            for (int i = 0; i < count; i++)
            {
                frontier.Append(hashes.AsSpan(i * MerkleTreeHasher.HashSize, MerkleTreeHasher.HashSize));
                tiles.AddRows(frontier);
            }
        }

        tiles.StopReading();
        tiles.FlushRows(frontier.Size);
    }

    // Hashes the lines from a place on, and stores the hashes.
    private MerkleTreeFrontier Replay(LogEnd end, LogTiles tiles, MerkleTreeFrontier frontier, long segment, long offset, AuditCheckpoint? seal = null)
    {
        tiles.StopReading();
        tiles.Cut(frontier.Size, end.Segments[0]);
        foreach (long first in end.Segments.Where(s => s >= segment))
        {
            if (first != frontier.Size && first != segment)
            {
                throw new InvalidDataException($"The audit log's segment '{paths.Segment(first)}' follows record {frontier.Size}: records are missing or too many. The log isn't appended to; run 'guardrails verify'.");
            }

            tiles.Begin(first, frontier.Size - first);
            using ILogFile file = files.Open(paths.Segment(first));
            for (var lines = new LineReader(file, first == segment ? offset : 0, long.MaxValue); lines.MoveNext();)
            {
                CheckRoot(frontier, seal);
                RefuseHalf(frontier.Size, lines.Line, seal);
                hasher.Leaf(lines.Line, _leaf);
                frontier.Append(_leaf);
                tiles.Add(_leaf, frontier);
            }

            tiles.Flush(frontier.Size);
            if (first != end.Segments[^1])
            {
                tiles.Sync();
            }
        }

        CheckRoot(frontier, seal);
        return frontier.Size >= (seal?.Size ?? 0) ? frontier
            : throw new InvalidDataException($"The audit log's last seal vouches for {seal!.Size} records, and there are {frontier.Size}. The log isn't appended to; run 'guardrails verify'.");
    }

    // Those in the last segment were cut off; in another one, somebody put them there.
    private void RefuseHalf(long index, ReadOnlySpan<byte> line, AuditCheckpoint? seal)
    {
        if (index > (seal?.Size ?? -1) && LogLine.Parse(line, out LogLine frame) is null && (frame.Kind.SequenceEqual("prune"u8) || frame.Kind.SequenceEqual("key"u8)))
        {
            throw new InvalidDataException($"Record {index} of the audit log '{paths.Directory}' is a change of key or a prune that no seal covers, and another segment follows: no writer leaves that. The log isn't appended to; run 'guardrails verify'.");
        }
    }

    private void CheckRoot(MerkleTreeFrontier frontier, AuditCheckpoint? seal)
    {
        if (seal is not null && frontier.Size == seal.Size && !HasRoot(frontier, seal))
        {
            throw new InvalidDataException($"The records of the audit log '{paths.Directory}' don't have the root that the last seal, at {seal.Size}, vouches for: one of them was changed. The log isn't appended to; run 'guardrails verify' to see which.");
        }
    }
}
