namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>Everything that can be wrong with a proof, for each proof of each size up to 48.</summary>
public sealed class MerkleTreeTamperTests : IDisposable
{
    private const int Most = 48;
    private static readonly byte[][] Leaves = GrownTree.Leaves(Most);
    private readonly GrownTree _tree = new(Leaves);

    [Fact]
    public void A_changed_inclusion_proof_is_refused() => ForEachInclusion((index, size, proof) =>
    {
        foreach (byte[][] changed in Changed(proof))
        {
            Assert.False(Includes(index, size, changed));
        }
    });

    [Fact]
    public void A_changed_consistency_proof_is_refused() => ForEachConsistency((first, second, proof) =>
    {
        foreach (byte[][] changed in Changed(proof))
        {
            Assert.False(Extends(first, second, changed));
        }
    });

    [Fact]
    public void An_inclusion_proof_holds_for_its_index_and_size_only() => ForEachInclusion((index, size, proof) =>
    {
        for (int other = -1; other <= size; other++)
        {
            Assert.Equal(other == index, _tree.Verifier.Includes(other, size, Leaves[index], proof, _tree.Roots[size]));
        }

        for (int other = 0; other <= Most; other++)
        {
            Assert.Equal(other == size, _tree.Verifier.Includes(index, other, Leaves[index], proof, _tree.Roots[other]));
        }

        Assert.False(_tree.Verifier.Includes(size, index, Leaves[index], proof, _tree.Roots[index]));
    });

    [Fact]
    public void An_inclusion_proof_holds_for_its_leaf_and_root_only() => ForEachInclusion((index, size, proof) =>
    {
        foreach (byte[] other in Flipped(Leaves[index]).Append(Leaves[index][..31]).Append([.. Leaves[index], 0]).Append([]))
        {
            Assert.False(_tree.Verifier.Includes(index, size, other, proof, _tree.Roots[size]));
        }

        foreach (byte[] other in Flipped(_tree.Roots[size]).Append(_tree.Roots[size][..31]).Append([.. _tree.Roots[size], 0]).Append([]))
        {
            Assert.False(_tree.Verifier.Includes(index, size, Leaves[index], proof, other));
        }
    });

    [Fact]
    public void A_consistency_proof_holds_for_its_sizes_only() => ForEachConsistency((first, second, proof) =>
    {
        for (int other = 0; other <= Most; other++)
        {
            Assert.Equal(other == first || (other == second && proof.Length == 0), Extends(other, second, proof));
            Assert.Equal(other == second || (other == first && proof.Length == 0), Extends(first, other, proof));
        }

        Assert.Equal(first == second, Extends(second, first, proof));
        Assert.False(_tree.Verifier.Extends(-first, _tree.Roots[first], second, _tree.Roots[second], proof));
    });

    [Fact]
    public void A_consistency_proof_holds_for_its_roots_only() => ForEachConsistency((first, second, proof) =>
    {
        foreach (byte[] other in Flipped(_tree.Roots[first]).Append(_tree.Roots[first][..31]).Append([]))
        {
            Assert.False(_tree.Verifier.Extends(first, other, second, _tree.Roots[second], proof));
        }

        foreach (byte[] other in Flipped(_tree.Roots[second]).Append(_tree.Roots[second][..31]).Append([]))
        {
            Assert.False(_tree.Verifier.Extends(first, _tree.Roots[first], second, other, proof));
        }

        if (first != second)
        {
            Assert.False(_tree.Verifier.Extends(first, _tree.Roots[second], second, _tree.Roots[first], proof));
        }
    });

    [Fact]
    public void Equal_roots_that_are_no_hashes_prove_nothing()
    {
        Assert.True(Extends(5, 5, []));
        Assert.False(_tree.Verifier.Extends(5, [], 5, [], []));
        Assert.False(_tree.Verifier.Extends(5, "text"u8, 5, "text"u8, []));
        Assert.False(_tree.Verifier.Includes(0, 1, [], [], []));
    }

    [Fact]
    public void An_earlier_tree_without_leaves_proves_nothing()
    {
        Assert.False(Extends(0, 0, []));
        Assert.False(Extends(0, 1, []));
        Assert.False(Extends(0, 8, _tree.Prover.Consistency(1, 8)));
    }

    [Fact]
    public void A_history_that_was_rewritten_extends_only_what_it_shares()
    {
        byte[][] rewritten = [.. Leaves];
        rewritten[20] = [.. Flipped(rewritten[20]).First()];
        using var other = new GrownTree(rewritten);
        for (int first = 1; first <= Most; first++)
        {
            byte[][] proof = other.Prover.Consistency(first, Most);
            Assert.Equal(first <= 20, _tree.Verifier.Extends(first, _tree.Roots[first], Most, other.Roots[Most], proof));
        }
    }

    public void Dispose() => _tree.Dispose();

    private static IEnumerable<byte[]> Flipped(byte[] hash)
    {
        foreach (int bit in (int[])[0, 7, 130, 255])
        {
            byte[] flipped = [.. hash];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return flipped;
        }
    }

    // Bits flipped, hashes cut, lengthened, emptied, missing, doubled, swapped, turned round, and more of them than there should be.
    private static IEnumerable<byte[][]> Changed(byte[][] proof)
    {
        for (int i = 0; i < proof.Length; i++)
        {
            foreach (byte[] hash in Flipped(proof[i]).Append(proof[i][..31]).Append([.. proof[i], 0]).Append([]).Append(null!))
            {
                yield return [.. proof[..i], hash, .. proof[(i + 1)..]];
            }

            yield return [.. proof[..i], .. proof[(i + 1)..]];
            yield return [.. proof[..i], proof[i], proof[i], .. proof[(i + 1)..]];
            yield return proof[..i];
            for (int j = 0; j < i; j++)
            {
                byte[][] swapped = [.. proof];
                (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
                yield return swapped;
            }
        }

        foreach (byte[] extra in (byte[][])[new byte[32], Leaves[0], []])
        {
            yield return [extra, .. proof];
            yield return [.. proof, extra];
        }

        if (proof.Length > 1)
        {
            yield return [.. proof.Reverse()];
        }
    }

    private void ForEachInclusion(Action<int, int, byte[][]> check)
    {
        for (int size = 1; size <= Most; size++)
        {
            for (int index = 0; index < size; index++)
            {
                check(index, size, _tree.Prover.Inclusion(index, size));
            }
        }
    }

    private void ForEachConsistency(Action<int, int, byte[][]> check)
    {
        for (int second = 1; second <= Most; second++)
        {
            for (int first = 1; first <= second; first++)
            {
                check(first, second, _tree.Prover.Consistency(first, second));
            }
        }
    }

    private bool Includes(int index, int size, byte[][] proof) => _tree.Verifier.Includes(index, size, Leaves[index], proof, _tree.Roots[size]);

    private bool Extends(int first, int second, byte[][] proof) => _tree.Verifier.Extends(first, _tree.Roots[first], second, _tree.Roots[second], proof);
}
