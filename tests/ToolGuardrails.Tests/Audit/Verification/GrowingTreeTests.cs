using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>The verifier's tree against the writer's.</summary>
public sealed class GrowingTreeTests
{
    [Fact]
    public void Leaves_blocks_and_seeds_give_the_same_root_at_every_size()
    {
        using var hasher = new MerkleTreeHasher();
        var reference = new MerkleTreeFrontier(hasher);
        var leaves = new GrowingTree();
        var blocks = new GrowingTree();
        var part = new GrowingTree();
        byte[] leaf = new byte[32];
        byte[] block = new byte[32];
        for (int i = 0; i < 1030; i++)
        {
            AssertRoots(hasher, reference, leaves, blocks, part);
            leaf[i % 32]++;
            reference.Append(leaf);
            Assert.Equal((i + 1) % 256 == 0, leaves.AppendLeaf(hasher, leaf, block));
            if (part.AppendLeaf(hasher, leaf, block))
            {
                byte[] completed = new byte[32];
                Assert.True(reference.TryCompleted(GrowingTree.BlockLevel, completed));
                Assert.Equal(completed, block);
                blocks.AppendBlock(hasher, block);
                part.Clear();
            }
        }
    }

    [Fact]
    public void A_copy_goes_its_own_way()
    {
        using var hasher = new MerkleTreeHasher();
        var one = new GrowingTree();
        var other = new GrowingTree();
        byte[] leaf = new byte[32];
        byte[] block = new byte[32];
        one.AppendLeaf(hasher, leaf, block);
        other.CopyFrom(one);
        other.AppendLeaf(hasher, leaf, block);
        Assert.Equal((1, 2), (one.Size, other.Size));
        byte[] root = new byte[32];
        one.Root(hasher, [], root);
        Assert.Equal(leaf, root);
    }

    private static void AssertRoots(MerkleTreeHasher hasher, MerkleTreeFrontier reference, GrowingTree leaves, GrowingTree blocks, GrowingTree part)
    {
        byte[] expected = new byte[32];
        byte[] root = new byte[32];
        byte[] seed = new byte[32];
        reference.Root(expected);
        leaves.Root(hasher, [], root);
        Assert.Equal(expected, root);
        part.Root(hasher, [], seed);
        blocks.Root(hasher, part.Size == 0 ? [] : seed, root);
        Assert.Equal(expected, root);
    }
}
