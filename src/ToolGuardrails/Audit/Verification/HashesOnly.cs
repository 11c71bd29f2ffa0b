namespace ToolGuardrails.Audit;

/// <summary>Grows the tree by the stored hashes of segments that aren't there: all that is left of pruned ones.</summary>
internal sealed class HashesOnly(LogPaths paths, TreeCheck tree, RowCheck rows, long[] wanted, int degree)
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int BlockBytes = GrowingTree.BlockSize * Hash;
    private const int BlocksAtOnce = 64;

    /// <summary>The files that lead from one index to another without a gap, with their first indexes; null where there are none.</summary>
    public List<(long First, long Count)>? Chain(IEnumerable<long> tiles, long from, long to)
    {
        var chain = new List<(long, long)>();
        long at = from;
        foreach (long first in tiles.Where(t => t >= from && t < to).Order())
        {
            using ReadOnlyFile? file = ReadOnlyFile.TryOpen(paths.LeafTile(first));
            long count = (file?.Length ?? 0) / Hash;
            if (first != at || count == 0 || file!.Length % Hash != 0)
            {
                return null;
            }

            chain.Add((first, count));
            at += count;
        }

        return at == to ? chain : null;
    }

    /// <summary>Adds a file's hashes. Their subtrees' stored hashes are followed as another story.</summary>
    public void Append(long first, long count, Action<long> done, CancellationToken cancellationToken)
    {
        using ReadOnlyFile file = ReadOnlyFile.Open(paths.LeafTile(first));
        string name = paths.Relative(paths.LeafTile(first));
        byte[] bytes = new byte[BlocksAtOnce * BlockBytes];
        for (long at = 0; at < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long toBlock = (GrowingTree.BlockSize - (tree.Size % GrowingTree.BlockSize)) % GrowingTree.BlockSize;
            int most = (int)Math.Min(count - at, toBlock > 0 ? toBlock : BlocksAtOnce * GrowingTree.BlockSize);
            int read = file.Read(bytes.AsSpan(0, most * Hash), at * Hash) / Hash;
            if (read == 0)
            {
                tree.Lose();
                return;
            }

            Append(name, at, bytes.AsMemory(0, read * Hash));
            at += read;
            done(read * Hash);
        }
    }

    private void Append(string name, long entry, ReadOnlyMemory<byte> hashes)
    {
        int blocks = tree.Size % GrowingTree.BlockSize == 0 ? hashes.Length / BlockBytes : 0;
        byte[] nodes = new byte[blocks * Hash];
        Parallel.For(
            0,
            blocks,
            new ParallelOptions { MaxDegreeOfParallelism = degree },
            static () => new MerkleTreeHasher(),
            (i, _, own) =>
            {
                NodeOf(own, hashes.Span.Slice(i * BlockBytes, BlockBytes), nodes.AsSpan(i * Hash, Hash));
                return own;
            },
            static own => own.Dispose());
        for (int i = 0; i < blocks; i++)
        {
            AppendBlock(name, entry + (i * GrowingTree.BlockSize), hashes.Span.Slice(i * BlockBytes, BlockBytes), nodes.AsSpan(i * Hash, Hash));
        }

        AppendLeaves(hashes.Span[(blocks * BlockBytes)..]);
    }

    private static void NodeOf(MerkleTreeHasher hasher, ReadOnlySpan<byte> hashes, Span<byte> node)
    {
        Span<byte> row = stackalloc byte[BlockBytes];
        hashes.CopyTo(row);
        for (; row.Length > Hash; row = row[..(row.Length / 2)])
        {
            for (int at = 0; at < row.Length; at += 2 * Hash)
            {
                hasher.Node(row.Slice(at, Hash), row.Slice(at + Hash, Hash), row.Slice(at / 2, Hash));
            }
        }

        row.CopyTo(node);
    }

    private void AppendBlock(string name, long entry, ReadOnlySpan<byte> hashes, ReadOnlySpan<byte> node)
    {
        Span<byte> stored = stackalloc byte[Hash];
        bool isOther = rows.TryReadBlock(tree.Size / GrowingTree.BlockSize, stored) && !stored.SequenceEqual(node);
        if (isOther)
        {
            var place = new LinePlace(name, tree.Size, 0, 0);
            tree.AppendBlock(node, stored, new Difference(place, GrowingTree.BlockSize, name, entry * Hash, DifferenceCause.Pruned));
        }
        else if (HasWanted())
        {
            AppendLeaves(hashes);
        }
        else
        {
            tree.AppendBlock(node, node);
        }
    }

    private bool HasWanted()
    {
        int at = Array.BinarySearch(wanted, tree.Size + 1);
        at = at < 0 ? ~at : at;
        return at < wanted.Length && wanted[at] < tree.Size + GrowingTree.BlockSize;
    }

    private void AppendLeaves(ReadOnlySpan<byte> hashes)
    {
        for (; !hashes.IsEmpty; hashes = hashes[Hash..])
        {
            tree.AppendLeaf(hashes[..Hash]);
        }
    }
}
