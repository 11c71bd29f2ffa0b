namespace ToolGuardrails.Audit;

/// <summary>Lines that lie in one block of the tree, with what a thread of their own finds out about them. Used again and again.</summary>
internal sealed class SegmentBlock : IDisposable
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int FewBytes = 16 * 1024;

    private readonly MerkleTreeHasher _hasher = new();
    private readonly GrowingTree _tree = new();
    private readonly int[] _ends = new int[GrowingTree.BlockSize];
    private readonly byte[] _node = new byte[Hash];
    private byte[] _bytes = new byte[FewBytes];
    private string _file = string.Empty;
    private long _offset;
    private long _firstLine;
    private WriterRun _run;

    /// <summary>The index of the first line.</summary>
    public long First { get; private set; }

    public int Count { get; private set; }

    public long End => First + Count;

    /// <summary>The lines' leaf hashes.</summary>
    public byte[] Hashes { get; } = new byte[GrowingTree.BlockSize * Hash];

    /// <summary>The tile's hashes for these lines.</summary>
    public byte[] Tile { get; } = new byte[GrowingTree.BlockSize * Hash];

    /// <summary>How many of them there are.</summary>
    public int TileCount { get; set; }

    /// <summary>Whether the lines are a whole block of the tree; then <see cref="Node"/> is its hash.</summary>
    public bool IsWhole => Count == GrowingTree.BlockSize;

    public ReadOnlySpan<byte> Node => _node;

    /// <summary>Whether the hashes fit the tile as far as it reaches.</summary>
    public bool FitsTile { get; private set; }

    /// <summary>Lines that aren't lines of the format, by their position here.</summary>
    public List<(int Line, string Problem)> Problems { get; } = [];

    public List<WriterRun> Writers { get; } = [];

    /// <summary>Lines that say something about the log itself.</summary>
    public List<LogEvent> Events { get; } = [];

    /// <summary>For a whole block: the hash over its leaves below a size, for each seal and each size that was asked for.</summary>
    public List<(int Leaves, byte[] Seed)> Seeds { get; } = [];

    /// <summary>Sizes whose roots somebody wants, in order.</summary>
    public long[] Wanted { get; set; } = [];

    public TaskCompletionSource? Done { get; set; }

    /// <summary>Whether every seal is for as many records as there are before it.</summary>
    public bool HasSealsInPlace => Events.TrueForAll(static e => e is not SealLine { Checkpoint: { } checkpoint } || checkpoint.Size == e.Place.Index);

    /// <summary>The bytes of all lines.</summary>
    public int Bytes => Count == 0 ? 0 : _ends[Count - 1];

    public void Begin(string file, long first, long offset, long firstLine)
    {
        (_file, First, _offset, _firstLine) = (file, first, offset, firstLine);
        (Count, TileCount, FitsTile, _run) = (0, 0, false, default);
        Problems.Clear();
        Writers.Clear();
        Events.Clear();
        Seeds.Clear();
        _tree.Clear();
    }

    /// <summary>Adds a line, with its line feed if it has one.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        int start = Bytes;
        if (start + line.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, start + line.Length));
        }

        line.CopyTo(_bytes.AsSpan(start));
        _ends[Count++] = start + line.Length;
    }

    public ReadOnlySpan<byte> HashOf(int line) => Hashes.AsSpan(line * Hash, Hash);

    public ReadOnlySpan<byte> SeedFor(int leaves)
    {
        foreach ((int at, byte[] seed) in Seeds)
        {
            if (at == leaves)
            {
                return seed;
            }
        }

        return [];
    }

    public LinePlace PlaceOf(int line) => new(_file, First + line, _firstLine + line, _offset + (line == 0 ? 0 : _ends[line - 1]));

    /// <summary>Checks and hashes every line. Runs on a thread of its own.</summary>
    public void Process()
    {
        Span<byte> block = stackalloc byte[Hash];
        int wanted = IsWhole ? FirstWanted() : Wanted.Length;
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> line = LineAt(i);
            int events = Events.Count;
            Check(i, line);
            bool isWanted = wanted < Wanted.Length && Wanted[wanted] == First + i;
            wanted += isWanted ? 1 : 0;
            if (IsWhole)
            {
                if (i > 0 && (isWanted || (Events.Count > events && Events[^1] is SealLine)))
                {
                    TakeSeed(i);
                }

                _hasher.Leaf(line, Hashes.AsSpan(i * Hash, Hash));
                if (_tree.AppendLeaf(_hasher, HashOf(i), block))
                {
                    block.CopyTo(_node);
                }
            }
            else
            {
                _hasher.Leaf(line, Hashes.AsSpan(i * Hash, Hash));
            }
        }

        EndRun();
        FitsTile = Hashes.AsSpan(0, TileCount * Hash).SequenceEqual(Tile.AsSpan(0, TileCount * Hash));
    }

    /// <summary>Looks for the newest prune line, without checking or hashing any other.</summary>
    public PruneLine? FindPrune()
    {
        PruneLine? newest = null;
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> line = LineAt(i);
            int kind = line.IndexOf("\"ev\":\""u8);
            if (kind > 0 && line[(kind + 6)..].StartsWith("prune\""u8) && LineForm.Problem(line, out LogLine frame) is null && LogEvent.TryRead(frame, line, PlaceOf(i)) is PruneLine prune)
            {
                newest = prune;
            }
        }

        return newest;
    }

    public void Dispose() => _hasher.Dispose();

    private int FirstWanted()
    {
        int at = Array.BinarySearch(Wanted, First);
        return at < 0 ? ~at : at;
    }

    private void TakeSeed(int leaves)
    {
        byte[] seed = new byte[Hash];
        _tree.Root(_hasher, [], seed);
        Seeds.Add((leaves, seed));
    }

    private ReadOnlySpan<byte> LineAt(int line)
    {
        int start = line == 0 ? 0 : _ends[line - 1];
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(start, _ends[line] - start);
        return bytes[^1] == '\n' ? bytes[..^1] : bytes;
    }

    private void Check(int index, ReadOnlySpan<byte> line)
    {
        string? problem = LineForm.Problem(line, out LogLine frame);
        if (problem is not null)
        {
            Problems.Add((index, problem));
            return;
        }

        var writer = WriterId.Of(frame.Writer);
        if (writer == _run.Writer && frame.Number == _run.First + _run.Count && index == _run.Line + _run.Count)
        {
            _run = _run with { Count = _run.Count + 1 };
        }
        else
        {
            EndRun();
            _run = new WriterRun(writer, frame.Number, 1, index);
        }

        if (LogEvent.IsOne(frame.Kind) && LogEvent.TryRead(frame, line, PlaceOf(index)) is { } found)
        {
            Events.Add(found);
        }
    }

    private void EndRun()
    {
        if (_run.Count > 0)
        {
            Writers.Add(_run);
        }
    }
}
