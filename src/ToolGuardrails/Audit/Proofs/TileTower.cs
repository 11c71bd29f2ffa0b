namespace ToolGuardrails.Audit;

/// <summary>Makes the tiles of c2sp.org/tlog-tiles from leaf hashes that come in order. Of each level it holds the tile that isn't full yet.</summary>
internal sealed class TileTower(MerkleTreeHasher hasher, Action<int, long, ReadOnlySpan<byte>> write)
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int TileBytes = Hash << MerkleTreeRows.Height;

    private readonly List<Level> _levels = [];

    /// <summary>Halves a row of hashes until one is left, which is its first.</summary>
    public static void Reduce(MerkleTreeHasher hasher, Span<byte> row)
    {
        for (; row.Length > Hash; row = row[..(row.Length / 2)])
        {
            for (int at = 0; at < row.Length; at += 2 * Hash)
            {
                hasher.Node(row.Slice(at, Hash), row.Slice(at + Hash, Hash), row.Slice(at / 2, Hash));
            }
        }
    }

    public void Append(ReadOnlySpan<byte> leafHash) => Append(0, leafHash);

    /// <summary>Writes the tiles that aren't full.</summary>
    public void Finish()
    {
        for (int level = 0; level < _levels.Count; level++)
        {
            if (_levels[level].Length > 0)
            {
                write(level, _levels[level].Tiles, _levels[level].Bytes.AsSpan(0, _levels[level].Length));
            }
        }
    }

    private void Append(int number, ReadOnlySpan<byte> hash)
    {
        if (_levels.Count == number)
        {
            _levels.Add(new Level());
        }

        Level level = _levels[number];
        hash.CopyTo(level.Bytes.AsSpan(level.Length));
        level.Length += Hash;
        if (level.Length < TileBytes)
        {
            return;
        }

        write(number, level.Tiles++, level.Bytes);
        level.Length = 0;
        Reduce(hasher, level.Bytes);
        Append(number + 1, level.Bytes.AsSpan(0, Hash));
    }

    private sealed class Level
    {
        public byte[] Bytes { get; } = new byte[TileBytes];

        public int Length { get; set; }

        public long Tiles { get; set; }
    }
}
