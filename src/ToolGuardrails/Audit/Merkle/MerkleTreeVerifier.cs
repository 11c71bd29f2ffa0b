using System.Numerics;

namespace ToolGuardrails.Audit;

/// <summary>Checks proofs as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say. Whatever doesn't fit exactly is refused: sizes, indexes, the number and length of hashes.</summary>
/// <remarks>A size is bound by the checkpoint that names it together with the root, not by the proof: take both from one verified checkpoint, never a size from the proof's sender.</remarks>
internal sealed class MerkleTreeVerifier(MerkleTreeHasher hasher)
{
    private const int Hash = MerkleTreeHasher.HashSize;

    /// <summary>Says whether the leaf with this hash stands at this index of the tree with this size and root.</summary>
    public bool Includes(long index, long size, ReadOnlySpan<byte> leafHash, ReadOnlySpan<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || leafHash.Length != Hash || root.Length != Hash || !AreHashes(proof))
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[Hash];
        leafHash.CopyTo(hash);
        long node = index;
        long last = size - 1;
        foreach (byte[] sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if (IsRight(node) || node == last)
            {
                hasher.Node(sibling, hash, hash);
                Climb(ref node, ref last, SkippedLevels(node));
            }
            else
            {
                hasher.Node(hash, sibling, hash);
                Climb(ref node, ref last, 1);
            }
        }

        return last == 0 && hash.SequenceEqual(root);
    }

    /// <summary>Says whether the tree with the second size and root begins with the tree of the first. A first tree without leaves promises nothing, so it proves nothing and is refused.</summary>
    public bool Extends(long first, ReadOnlySpan<byte> firstRoot, long second, ReadOnlySpan<byte> secondRoot, ReadOnlySpan<byte[]> proof)
    {
        if (first <= 0 || first > second || firstRoot.Length != Hash || secondRoot.Length != Hash || !AreHashes(proof))
        {
            return false;
        }

        if (first == second)
        {
            return proof.IsEmpty && firstRoot.SequenceEqual(secondRoot);
        }

        // A first tree that is complete is a node of the second: its root starts the path and isn't sent.
        ReadOnlySpan<byte> start = firstRoot;
        if (!BitOperations.IsPow2(first))
        {
            if (proof.IsEmpty)
            {
                return false;
            }

            start = proof[0];
            proof = proof[1..];
        }

        return Rebuild(first, second, start, proof, firstRoot, secondRoot);
    }

    private static bool AreHashes(ReadOnlySpan<byte[]> proof)
    {
        foreach (byte[]? hash in proof)
        {
            if (hash is not { Length: Hash })
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRight(long node) => (node & 1) != 0;

    // A last node without a sibling rises unchanged until it is a right child, and then once more with its sibling.
    private static int SkippedLevels(long node) => BitOperations.TrailingZeroCount(node) + 1;

    private static void Climb(ref long node, ref long last, int levels)
    {
        node >>= levels;
        last >>= levels;
    }

    private bool Rebuild(long first, long second, ReadOnlySpan<byte> start, ReadOnlySpan<byte[]> proof, ReadOnlySpan<byte> firstRoot, ReadOnlySpan<byte> secondRoot)
    {
        Span<byte> old = stackalloc byte[Hash];
        Span<byte> now = stackalloc byte[Hash];
        start.CopyTo(old);
        start.CopyTo(now);
        long node = first - 1;
        long last = second - 1;
        Climb(ref node, ref last, BitOperations.TrailingZeroCount(first));
        foreach (byte[] sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if (IsRight(node) || node == last)
            {
                hasher.Node(sibling, old, old);
                hasher.Node(sibling, now, now);
                Climb(ref node, ref last, SkippedLevels(node));
            }
            else
            {
                hasher.Node(now, sibling, now);
                Climb(ref node, ref last, 1);
            }
        }

        return last == 0 && old.SequenceEqual(firstRoot) && now.SequenceEqual(secondRoot);
    }
}
