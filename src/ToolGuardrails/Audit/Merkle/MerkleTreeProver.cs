using System.Numerics;

namespace ToolGuardrails.Audit;

/// <summary>Roots and proofs of any earlier size, from stored hashes (RFC 9162 sections 2.1.1, 2.1.3.1 and 2.1.4.1). A proof lists the hash nearest the leaves first.</summary>
internal sealed class MerkleTreeProver(MerkleTreeHasher hasher, MerkleTreeNodeReader read)
{
    private const int Hash = MerkleTreeHasher.HashSize;

    /// <summary>The root that the tree had with so many leaves.</summary>
    public byte[] Root(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? MerkleTreeHasher.EmptyRoot.ToArray() : Subtree(0, size);
    }

    /// <summary>Shows that a leaf is in the tree of a size.</summary>
    public byte[][] Inclusion(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<byte[]>();
        for (long low = 0, high = size; high - low > 1;)
        {
            long middle = low + LeftSize(high - low);
            if (index < middle)
            {
                proof.Add(Subtree(middle, high));
                high = middle;
            }
            else
            {
                proof.Add(Subtree(low, middle));
                low = middle;
            }
        }

        proof.Reverse();
        return [.. proof];
    }

    /// <summary>Shows that the tree of one size begins with that of another, which has at least one leaf.</summary>
    public byte[][] Consistency(long first, long second)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        var proof = new List<byte[]>();
        long low = 0;
        long high = second;
        while (high != first)
        {
            long middle = low + LeftSize(high - low);
            if (first <= middle)
            {
                proof.Add(Subtree(middle, high));
                high = middle;
            }
            else
            {
                proof.Add(Subtree(low, middle));
                low = middle;
            }
        }

        // The first tree's own root, which the verifier has, stands for a subtree that begins with leaf 0.
        if (low > 0)
        {
            proof.Add(Subtree(low, high));
        }

        proof.Reverse();
        return [.. proof];
    }

    /// <summary>The largest power of two below a number of leaves: how many of them the left child holds.</summary>
    private static long LeftSize(long leaves) => 1L << BitOperations.Log2((ulong)(leaves - 1));

    /// <summary>The hash over a run of leaves whose start is a multiple of the power of two that holds it; so it splits into stored subtrees.</summary>
    private byte[] Subtree(long low, long high)
    {
        byte[] hash = new byte[Hash];
        Span<byte> left = stackalloc byte[Hash];
        long bits = high - low;
        int level = BitOperations.TrailingZeroCount(bits);
        long end = high;
        read(level, (end >> level) - 1, hash);
        for (end -= 1L << level, bits &= bits - 1; bits != 0; end -= 1L << level, bits &= bits - 1)
        {
            level = BitOperations.TrailingZeroCount(bits);
            read(level, (end >> level) - 1, left);
            hasher.Node(left, hash, hash);
        }

        return hash;
    }
}
