using System.Buffers;

namespace ToolGuardrails.Audit;

/// <summary>Lines that lie in one block of the tree, with what a thread of their own finds out about them. Used again and again.</summary>
internal sealed class SegmentBlock : IDisposable
{
    private const int Hash = MerkleTreeHasher.HashSize;

    private readonly MerkleTreeHasher _hasher = new();
    private readonly GrowingTree _tree = new();
    private readonly int[] _ends = new int[GrowingTree.BlockSize];
    private readonly byte[] _node = new byte[Hash];
    private readonly List<int> _seedsAt = [];
    private byte[] _bytes = [];
    private int _filled;
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

    /// <summary>Bytes of the file that are no line yet.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.AsSpan(Bytes, _filled - Bytes);

    public void Begin(string file, long first, long offset, long firstLine)
    {
        (_file, First, _offset, _firstLine) = (file, first, offset, firstLine);
        (_filled, Count, TileCount, FitsTile, _run) = (0, 0, 0, false, default);
        Problems.Clear();
        Writers.Clear();
        Events.Clear();
        Seeds.Clear();
        _tree.Clear();
    }

    /// <summary>Reads more bytes of the file behind those that are here; 0 where there are no more.</summary>
    /// <param name="file">The file.</param>
    /// <param name="end">The byte to end before.</param>
    /// <param name="most">The most bytes to read.</param>
    public int Fill(ReadOnlyFile file, long end, int most)
    {
        int room = (int)Math.Min(most, end - _offset - _filled);
        if (_filled + room > _bytes.Length)
        {
            byte[] more = ArrayPool<byte>.Shared.Rent(_filled + room);
            _bytes.AsSpan(0, _filled).CopyTo(more);
            GiveBack();
            _bytes = more;
        }

        int read = file.Read(_bytes.AsSpan(_filled, room), _offset + _filled);
        _filled += read;
        return read;
    }

    /// <summary>Makes the first of the bytes behind the lines another line, with its line feed if it has one.</summary>
    public void Add(int bytes)
    {
        _ends[Count] = Bytes + bytes;
        Count++;
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
    /// <remarks>One after the other: a processor that does both for each line in turn takes longer for either.</remarks>
    public void Process()
    {
        for (int i = 0; i < Count; i++)
        {
            Check(i, LineAt(i));
        }

        EndRun();
        for (int i = 0; i < Count; i++)
        {
            _hasher.Leaf(LineAt(i), Hashes.AsSpan(i * Hash, Hash));
        }

        FitsTile = Hashes.AsSpan(0, TileCount * Hash).SequenceEqual(Tile.AsSpan(0, TileCount * Hash));
        if (IsWhole)
        {
            FindSeeds();
            GrowTree();
        }
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

    public void Dispose()
    {
        _hasher.Dispose();
        GiveBack();
    }

    private void GiveBack()
    {
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true); // The next renter must not find a log's lines in it.
        _bytes = [];
    }

    // Where a seal stands, or somebody wants a root.
    private void FindSeeds()
    {
        _seedsAt.Clear();
        _seedsAt.AddRange(Events.OfType<SealLine>().Select(s => (int)(s.Place.Index - First)));
        int at = Array.BinarySearch(Wanted, First);
        for (int i = at < 0 ? ~at : at; i < Wanted.Length && Wanted[i] < End; i++)
        {
            _seedsAt.Add((int)(Wanted[i] - First));
        }

        _seedsAt.Sort();
    }

    private void GrowTree()
    {
        Span<byte> block = stackalloc byte[Hash];
        int next = 0;
        for (int i = 0; i < Count; i++)
        {
            for (; next < _seedsAt.Count && _seedsAt[next] == i; next++)
            {
                TakeSeed(i);
            }

            if (_tree.AppendLeaf(_hasher, HashOf(i), block))
            {
                block.CopyTo(_node);
            }
        }
    }

    // Before the first line there is nothing to hash, and somebody may want a root where a seal stands.
    private void TakeSeed(int leaves)
    {
        if (leaves > 0 && SeedFor(leaves).IsEmpty)
        {
            byte[] seed = new byte[Hash];
            _tree.Root(_hasher, [], seed);
            Seeds.Add((leaves, seed));
        }
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
