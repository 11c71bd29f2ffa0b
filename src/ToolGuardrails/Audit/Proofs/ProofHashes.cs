namespace ToolGuardrails.Audit;

/// <summary>A log's tree as its tiles hold it. What a tile doesn't reach is hashed from the lines, which only pruned records don't have any more.</summary>
internal sealed class ProofHashes
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int RowWidth = 1 << MerkleTreeRows.Height;

    private readonly ReaderSnapshot _log;
    private readonly MerkleTreeHasher _hasher;
    private readonly ReaderSegment[] _pruned;
    private ReaderSegment? _hashed;
    private byte[] _leaves = [];

    public ProofHashes(ReaderSnapshot log, MerkleTreeHasher hasher)
    {
        _log = log;
        _hasher = hasher;
        Prover = new MerkleTreeProver(hasher, MerkleTreeRows.Reader(hasher, ReadRows));
        long[] firsts = [.. ReaderSnapshot.Firsts(log.Paths.LeafTiles, ".bin").Where(f => f < log.First), log.First];
        _pruned = [.. firsts.Zip(firsts.Skip(1), static (first, end) => new ReaderSegment(first, end))];
    }

    public MerkleTreeProver Prover { get; }

    /// <summary>Refuses to go on where the tree's root isn't the checkpoint's.</summary>
    public void RequireRoot(AuditCheckpoint checkpoint, string what)
    {
        if (!Prover.Root(checkpoint.Size).AsSpan().SequenceEqual(checkpoint.RootHash.Span))
        {
            throw new InvalidDataException($"{what} of {checkpoint.Size} records names another root than the log has at that size, so nothing can be proved with it. {_log.Verify}");
        }
    }

    /// <summary>Reads neighbours of a level whose number is a multiple of eight.</summary>
    public void ReadRows(int level, long index, Span<byte> hashes)
    {
        int row = level / MerkleTreeRows.Height;
        int known = row == 0 ? ReadLeaves(index, hashes) : ReadFile(_log.Paths.Row(row), index, hashes);
        Span<byte> children = row > 0 && known < hashes.Length ? new byte[RowWidth * Hash] : [];
        for (int at = known; at < hashes.Length; at += Hash)
        {
            ReadRows(level - MerkleTreeRows.Height, (index + (at / Hash)) * RowWidth, children);
            TileTower.Reduce(_hasher, children);
            children[..Hash].CopyTo(hashes[at..]);
        }
    }

    // Whole hashes only: the writer may be in the middle of one.
    private static int ReadFile(string path, long index, Span<byte> hashes)
    {
        try
        {
            using ILogFile file = ReaderSnapshot.OpenFile(path);
            int read = file.Read(hashes, index * Hash);
            return read - (read % Hash);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private int ReadLeaves(long index, Span<byte> hashes)
    {
        for (int done = 0; done < hashes.Length;)
        {
            long at = index + (done / Hash);
            ReaderSegment segment = SegmentOf(at);
            int wanted = (int)Math.Min(hashes.Length - done, (segment.End - at) * Hash);
            Span<byte> part = hashes.Slice(done, wanted);
            int read = ReadFile(_log.Paths.LeafTile(segment.First), at - segment.First, part);
            if (read < wanted)
            {
                FromLines(segment, at, part);
            }

            done += wanted;
        }

        return hashes.Length;
    }

    private ReaderSegment SegmentOf(long index)
    {
        foreach (ReaderSegment segment in index < _log.First ? _pruned : _log.Segments)
        {
            if (index >= segment.First && index < segment.End)
            {
                return segment;
            }
        }

        throw Gone(index);
    }

    // The lines of one segment are hashed at once and kept, since a proof asks for neighbours many times.
    private void FromLines(ReaderSegment segment, long index, Span<byte> hashes)
    {
        if (segment.First < _log.First)
        {
            throw Gone(index);
        }

        if (_hashed != segment)
        {
            _leaves = new byte[checked((int)(segment.End - segment.First) * Hash)];
            using var lines = new ReaderCursor(_log, segment);
            while (lines.MoveNext())
            {
                _hasher.Leaf(lines.Line, _leaves.AsSpan((int)(lines.Index - segment.First) * Hash, Hash));
            }

            _hashed = segment;
        }

        _leaves.AsSpan((int)(index - segment.First) * Hash, hashes.Length).CopyTo(hashes);
    }

    private InvalidDataException Gone(long index) =>
        new($"The hash of record {index} is missing: the record was pruned, and the file in '{_log.Paths.LeafTiles}' that holds its hash isn't there or is too short. It can't be made again; restore the file from a backup. Without it no proof that needs it can be made. {_log.Verify}");
}
