using System.Numerics;

namespace ToolGuardrails.Audit;

/// <summary>A tree that grows by leaves or by whole subtrees of 256 leaves, which other threads have hashed. It doesn't allocate after it is made.</summary>
internal sealed class GrowingTree
{
    /// <summary>The height of the subtrees that tiles have an entry for.</summary>
    public const int BlockLevel = 8;

    /// <summary>How many leaves such a subtree has.</summary>
    public const int BlockSize = 1 << BlockLevel;

    private const int Hash = MerkleTreeHasher.HashSize;
    private const int MostLevels = 63;

    // A level's node belongs to the tree while that level's bit of the size is set.
    private readonly byte[] _nodes = new byte[MostLevels * Hash];

    public long Size { get; private set; }

    public void Clear() => Size = 0;

    public void CopyFrom(GrowingTree other)
    {
        other._nodes.CopyTo(_nodes, 0);
        Size = other.Size;
    }

    /// <summary>Adds a leaf by its hash. True where that completed a block, whose hash is then given.</summary>
    public bool AppendLeaf(MerkleTreeHasher hasher, ReadOnlySpan<byte> leaf, Span<byte> block)
    {
        Span<byte> node = stackalloc byte[Hash];
        leaf.CopyTo(node);
        int level = BitOperations.TrailingZeroCount(Size + 1);
        Climb(hasher, node, 0, Math.Min(level, BlockLevel));
        if (level >= BlockLevel)
        {
            node.CopyTo(block);
            Climb(hasher, node, BlockLevel, level);
        }

        node.CopyTo(Node(level));
        Size++;
        return level >= BlockLevel;
    }

    /// <summary>Adds a block. The size must be a multiple of a block's.</summary>
    public void AppendBlock(MerkleTreeHasher hasher, ReadOnlySpan<byte> block)
    {
        Span<byte> node = stackalloc byte[Hash];
        block.CopyTo(node);
        int level = BitOperations.TrailingZeroCount(Size + BlockSize);
        Climb(hasher, node, BlockLevel, level);
        node.CopyTo(Node(level));
        Size += BlockSize;
    }

    /// <summary>The root over all leaves, and behind them over those that a seed stands for: the hash over fewer leaves than the smallest subtree here has.</summary>
    public void Root(MerkleTreeHasher hasher, ReadOnlySpan<byte> seed, Span<byte> root)
    {
        long bits = Size;
        if (!seed.IsEmpty)
        {
            seed.CopyTo(root);
        }
        else if (bits == 0)
        {
            MerkleTreeHasher.EmptyRoot.CopyTo(root);
        }
        else
        {
            Node(BitOperations.TrailingZeroCount(bits)).CopyTo(root);
            bits &= bits - 1;
        }

        for (; bits != 0; bits &= bits - 1)
        {
            hasher.Node(Node(BitOperations.TrailingZeroCount(bits)), root, root);
        }
    }

    private void Climb(MerkleTreeHasher hasher, Span<byte> node, int from, int to)
    {
        for (int level = from; level < to; level++)
        {
            hasher.Node(Node(level), node, node);
        }
    }

    private Span<byte> Node(int level) => _nodes.AsSpan(level * Hash, Hash);
}
