namespace ToolGuardrails.Audit;

/// <summary>Reads every level of a tree whose storage keeps only each eighth one, as tiles do: the hashes between are computed from at most 128 stored ones.</summary>
internal static class MerkleTreeRows
{
    /// <summary>The levels between two stored ones.</summary>
    public const int Height = 8;

    private const int Hash = MerkleTreeHasher.HashSize;

    /// <summary>Makes a reader of all levels.</summary>
    /// <param name="hasher">Hashes on the thread that reads.</param>
    /// <param name="readRows">Reads neighbours of one stored level, whose number is a multiple of <see cref="Height"/>, from an index on, as many as the given span holds.</param>
    public static MerkleTreeNodeReader Reader(MerkleTreeHasher hasher, MerkleTreeNodeReader readRows) => (level, index, hash) =>
    {
        int above = level % Height;
        if (above == 0)
        {
            readRows(level, index, hash[..Hash]);
            return;
        }

        Span<byte> row = stackalloc byte[Hash << (Height - 1)];
        row = row[..(Hash << above)];
        readRows(level - above, index << above, row);
        for (; row.Length > Hash; row = row[..(row.Length / 2)])
        {
            for (int at = 0; at < row.Length; at += 2 * Hash)
            {
                hasher.Node(row.Slice(at, Hash), row.Slice(at + Hash, Hash), row.Slice(at / 2, Hash));
            }
        }

        row.CopyTo(hash);
    };
}
