namespace ToolGuardrails.Audit;

/// <summary>The tree as one of several stories tells it: as the lines say, or as the stored hashes say. What it has grown by since the last seal that fits waits here.</summary>
internal sealed class TreeBranch
{
    private readonly List<byte[]> _blocks = [];
    private readonly List<(long Size, byte[] Root)> _roots = [];

    public GrowingTree Tree { get; } = new();

    public TreeBranch Fork()
    {
        var fork = new TreeBranch();
        fork.Tree.CopyFrom(Tree);
        fork._blocks.AddRange(_blocks);
        fork._roots.AddRange(_roots);
        return fork;
    }

    public void AppendLeaf(MerkleTreeHasher hasher, ReadOnlySpan<byte> leaf)
    {
        Span<byte> block = stackalloc byte[MerkleTreeHasher.HashSize];
        if (Tree.AppendLeaf(hasher, leaf, block))
        {
            _blocks.Add(block.ToArray());
        }
    }

    public void AppendBlock(MerkleTreeHasher hasher, ReadOnlySpan<byte> block)
    {
        Tree.AppendBlock(hasher, block);
        _blocks.Add(block.ToArray());
    }

    public byte[] Root(MerkleTreeHasher hasher, ReadOnlySpan<byte> seed)
    {
        byte[] root = new byte[MerkleTreeHasher.HashSize];
        Tree.Root(hasher, seed, root);
        return root;
    }

    public void Keep(long size, byte[] root) => _roots.Add((size, root));

    /// <summary>Hands over what was waiting.</summary>
    public void Flush(RowCheck rows, Dictionary<long, byte[]> roots)
    {
        foreach (byte[] block in _blocks)
        {
            rows.Add(block);
        }

        KeepRoots(roots);
        _blocks.Clear();
    }

    public void KeepRoots(Dictionary<long, byte[]> roots)
    {
        foreach ((long size, byte[] root) in _roots)
        {
            roots[size] = root;
        }

        _roots.Clear();
    }
}
