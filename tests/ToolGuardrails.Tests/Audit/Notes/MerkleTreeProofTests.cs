using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>All proofs of all sizes up to 300 against the recursive reference, and a tree with three stored levels.</summary>
public sealed class MerkleTreeProofTests
{
    private const int Most = 300;
    private static readonly byte[][] Leaves = GrownTree.Leaves(Most);

    [Fact]
    public void Every_root_up_to_300_leaves_is_the_references()
    {
        var reference = new ReferenceTree(Leaves);
        using var tree = new GrownTree(Leaves);
        for (int size = 0; size <= Most; size++)
        {
            Assert.Equal(reference.Root(size), tree.Roots[size]);
            Assert.Equal(reference.Root(size), tree.Prover.Root(size));
        }
    }

    [Fact]
    public void Every_inclusion_proof_up_to_300_leaves_is_the_references_and_verifies()
    {
        var reference = new ReferenceTree(Leaves);
        using var tree = new GrownTree(Leaves);
        for (int size = 1; size <= Most; size++)
        {
            for (int index = 0; index < size; index++)
            {
                byte[][] proof = tree.Prover.Inclusion(index, size);
                AssertSame(reference.Path(index, size), proof);
                Assert.True(tree.Verifier.Includes(index, size, Leaves[index], proof, tree.Roots[size]));
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_up_to_300_leaves_is_the_references_and_verifies()
    {
        var reference = new ReferenceTree(Leaves);
        using var tree = new GrownTree(Leaves);
        for (int second = 1; second <= Most; second++)
        {
            for (int first = 1; first <= second; first++)
            {
                byte[][] proof = tree.Prover.Consistency(first, second);
                AssertSame(reference.Proof(first, second), proof);
                Assert.True(tree.Verifier.Extends(first, tree.Roots[first], second, tree.Roots[second], proof));
            }
        }
    }

    [Fact]
    public void Proofs_of_a_tree_that_stores_each_eighth_level_verify()
    {
        const int Size = (1 << 16) + 1_000;
        byte[][] leaves = GrownTree.Leaves(Size);
        using var tree = new GrownTree(leaves);
        var prover = new MerkleTreeProver(tree.Hasher, MerkleTreeRows.Reader(tree.Hasher, tree.ReadRows));
        var random = new Random(20261122);
        for (int i = 0; i < 500; i++)
        {
            int second = random.Next(1, Size + 1);
            int first = random.Next(1, second + 1);
            int index = random.Next(second);
            Assert.Equal(tree.Roots[second], prover.Root(second));
            Assert.True(tree.Verifier.Includes(index, second, leaves[index], prover.Inclusion(index, second), tree.Roots[second]));
            Assert.True(tree.Verifier.Extends(first, tree.Roots[first], second, tree.Roots[second], prover.Consistency(first, second)));
        }
    }

    [Fact]
    public void No_proof_is_made_of_what_is_not_in_the_tree()
    {
        using var tree = new GrownTree(Leaves);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Prover.Inclusion(3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Prover.Inclusion(-1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Prover.Inclusion(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Prover.Consistency(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Prover.Consistency(4, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Prover.Root(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTreeFrontier.Restore(tree.Hasher, -1, tree.Read));
    }

    private static void AssertSame(List<byte[]> expected, byte[][] actual)
    {
        Assert.Equal(expected.Count, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]));
        }
    }
}
