namespace ToolGuardrails.Audit;

/// <summary>Splits a segment into blocks of lines, whose ends are those of the tree's blocks. A block is read as a whole, and what of the next one came with it is read again: that takes less than to keep it.</summary>
internal sealed class SegmentReader : IDisposable
{
    /// <summary>What is longer than this without a line feed is no line, not even a damaged one.</summary>
    public const int MostLine = 1024 * 1024;

    private const int MostBlockBytes = 32 * 1024 * 1024;

    private const int FirstChunk = 64 * 1024;
    private const int LeastChunk = 4096;
    private const int Hash = MerkleTreeHasher.HashSize;

    private readonly string _name;
    private readonly ReadOnlyFile _file;
    private readonly ReadOnlyFile? _tile;
    private readonly long _end;
    private readonly bool _isLast;
    private int _chunk = FirstChunk;
    private bool _isDone;

    /// <summary>Opens a segment.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The file's name for reports.</param>
    /// <param name="tilePath">The file with its leaf hashes.</param>
    /// <param name="first">The index of its first line.</param>
    /// <param name="isLast">Whether it is the last segment: then bytes behind the last line feed are a torn tail and otherwise a line.</param>
    /// <param name="offset">The byte to begin at: a line's first.</param>
    /// <param name="index">That line's index.</param>
    public SegmentReader(string path, string name, string tilePath, long first, bool isLast, long offset = 0, long? index = null)
    {
        _name = name;
        _file = ReadOnlyFile.Open(path);
        _tile = ReadOnlyFile.TryOpen(tilePath);
        First = first;
        _isLast = isLast;
        _end = _file.Length;
        Next = index ?? first;
        HasTile = _tile is not null;
        Position = offset;
    }

    public long First { get; }

    /// <summary>The index of the next line.</summary>
    public long Next { get; private set; }

    /// <summary>The next line's first byte.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes behind the last line feed of the last segment.</summary>
    public int TornBytes { get; private set; }

    /// <summary>Whether the last line had no line feed, though another segment follows.</summary>
    public bool LacksLineFeed { get; private set; }

    /// <summary>Whether there were too many bytes without a line feed; nothing behind is read.</summary>
    public bool IsNoText { get; private set; }

    public bool HasTile { get; }

    /// <summary>How many hashes the tile has, and how many bytes beyond whole ones.</summary>
    public (long Hashes, long Beyond) TileLength => _tile is null ? (0, 0) : (_tile.LengthNow / Hash, _tile.LengthNow % Hash);

    /// <summary>Whether the file has grown since it was opened: a writer is at work.</summary>
    public bool HasGrown => _file.LengthNow > _end;

    /// <summary>Reads up to the next block's end. False where there are no more lines.</summary>
    public bool TryRead(SegmentBlock block)
    {
        block.Begin(_name, Next, Position, Next - First + 1);
        int most = GrowingTree.BlockSize - (int)(Next % GrowingTree.BlockSize);
        while (block.Count < most && block.Bytes < MostBlockBytes && TryFindLine(block, out int length))
        {
            block.Add(length);
        }

        Next += block.Count;
        Position += block.Bytes;
        _chunk = LeastChunk + block.Bytes + Slack(block.Bytes);
        if (_tile is not null && block.Count > 0)
        {
            block.TileCount = _tile.Read(block.Tile.AsSpan(0, block.Count * Hash), (block.First - First) * Hash) / Hash;
        }

        return block.Count > 0;
    }

    /// <summary>Reads the tile's hashes from one on, as many as the span holds; what is beyond the file's end stays as it is.</summary>
    public int ReadTile(long entry, Span<byte> hashes) => _tile is null ? 0 : _tile.Read(hashes, entry * Hash) / Hash;

    public void Dispose()
    {
        _file.Dispose();
        _tile?.Dispose();
    }

    // A line's length with its line feed, the last one's without where it has none.
    private bool TryFindLine(SegmentBlock block, out int length)
    {
        length = 0;
        int searched = 0;
        while (!_isDone)
        {
            int found = block.Rest[searched..].IndexOf((byte)'\n');
            if (found >= 0)
            {
                length = searched + found + 1;
                return true;
            }

            searched = block.Rest.Length;
            if (searched > MostLine)
            {
                IsNoText = true;
                _isDone = true;
            }
            else if (!TryFill(block))
            {
                return EndsWithoutLineFeed(searched, out length);
            }
        }

        return false;
    }

    private bool EndsWithoutLineFeed(int bytes, out int length)
    {
        _isDone = true;
        length = _isLast ? 0 : bytes;
        TornBytes = _isLast ? bytes : 0;
        LacksLineFeed = !_isLast && bytes > 0;
        return length > 0;
    }

    // As much as the block before took, and then a little at a time.
    private bool TryFill(SegmentBlock block)
    {
        int filled = block.Bytes + block.Rest.Length;
        return block.Fill(_file, _end, filled == 0 ? _chunk : LeastChunk + Slack(filled)) > 0;
    }

    private static int Slack(int bytes) => bytes / 8;
}
