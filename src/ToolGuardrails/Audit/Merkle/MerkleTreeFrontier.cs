using System.Numerics;

namespace ToolGuardrails.Audit;

/// <summary>A tree that only grows, held as the roots of its complete subtrees: at most 63 hashes for any size. Doesn't allocate after it is made.</summary>
internal sealed class MerkleTreeFrontier(MerkleTreeHasher hasher)
{
    private const int Hash = MerkleTreeHasher.HashSize;
    private const int MostLevels = 63;

    // A level holds the subtree that was completed there last. While that level's bit of the size is set, it belongs to the frontier.
    private readonly byte[] _nodes = new byte[MostLevels * Hash];
    private int _completedLevels;

    /// <summary>How many leaves there are.</summary>
    public long Size { get; private set; }

    /// <summary>Takes up a tree of a known size from its stored hashes, which are read once for each bit set in the size.</summary>
    public static MerkleTreeFrontier Restore(MerkleTreeHasher hasher, long size, MerkleTreeNodeReader read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var frontier = new MerkleTreeFrontier(hasher) { Size = size };
        for (long bits = size; bits != 0; bits &= bits - 1)
        {
            int level = BitOperations.TrailingZeroCount(bits);
            read(level, (size >> level) - 1, frontier.Node(level));
        }

        return frontier;
    }

    /// <summary>Adds a leaf by its hash.</summary>
    public void Append(ReadOnlySpan<byte> leafHash)
    {
        if (leafHash.Length != Hash)
        {
            throw new ArgumentException($"A leaf's hash has {Hash} bytes, and this one has {leafHash.Length}.", nameof(leafHash));
        }

        long size = checked(Size + 1);
        int completed = BitOperations.TrailingZeroCount(size);
        Span<byte> right = stackalloc byte[Hash];
        Span<byte> parent = stackalloc byte[Hash];
        leafHash.CopyTo(right);
        for (int level = 0; level < completed; level++)
        {
            Span<byte> left = Node(level);
            hasher.Node(left, right, parent);
            right.CopyTo(left);
            parent.CopyTo(right);
        }

        right.CopyTo(Node(completed));
        Size = size;
        _completedLevels = completed + 1;
    }

    /// <summary>Says whether the last append completed a subtree of this height, and gives its hash: what a stored row of that height grows by.</summary>
    public bool TryCompleted(int level, Span<byte> hash)
    {
        if ((uint)level >= (uint)_completedLevels)
        {
            return false;
        }

        Node(level).CopyTo(hash);
        return true;
    }

    /// <summary>Computes the root over all leaves so far.</summary>
    public void Root(Span<byte> root)
    {
        if (Size == 0)
        {
            MerkleTreeHasher.EmptyRoot.CopyTo(root);
            return;
        }

        long bits = Size;
        Node(BitOperations.TrailingZeroCount(bits)).CopyTo(root);
        for (bits &= bits - 1; bits != 0; bits &= bits - 1)
        {
            hasher.Node(Node(BitOperations.TrailingZeroCount(bits)), root[..Hash], root);
        }
    }

    private Span<byte> Node(int level) => _nodes.AsSpan(level * Hash, Hash);
}
