using System.Security.Cryptography;
using ToolGuardrails.Audit;
using ToolGuardrails.Tests.Allocation;

namespace ToolGuardrails.Tests.AuditNotes;

[Collection(AllocationCollection.Name)]
public sealed class MerkleTreeTests : IDisposable
{
    private readonly MerkleTreeHasher _hasher = new();

    [Theory]
    [InlineData("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData("00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7")]
    [InlineData("10", "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7")]
    [InlineData("606162636465666768696a6b6c6d6e6f", "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1")]
    public void Leaves_hash_to_the_values_known_from_certificate_transparency(string leaf, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(Leaf(Convert.FromHexString(leaf))));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(70_000)]
    public void A_leaf_of_any_length_is_hashed_behind_a_zero_byte(int length)
    {
        byte[] leaf = RandomNumberGenerator.GetBytes(length);
        Assert.Equal(SHA256.HashData([0, .. leaf]), Leaf(leaf));
    }

    [Fact]
    public void A_node_is_hashed_behind_a_one_byte_and_may_replace_either_child()
    {
        byte[] left = Leaf([1]);
        byte[] right = Leaf([2]);
        byte[] expected = SHA256.HashData([1, .. left, .. right]);
        byte[] apart = new byte[32];
        byte[] inLeft = [.. left];
        byte[] inRight = [.. right];
        _hasher.Node(left, right, apart);
        _hasher.Node(inLeft, right, inLeft);
        _hasher.Node(left, inRight, inRight);
        Assert.All([apart, inLeft, inRight], node => Assert.Equal(expected, node));
    }

    [Fact]
    public void A_tree_without_leaves_has_the_hash_of_nothing_as_its_root()
    {
        byte[] root = new byte[32];
        new MerkleTreeFrontier(_hasher).Root(root);
        Assert.Equal(SHA256.HashData([]), root);
        Assert.Equal(root, new MerkleTreeProver(_hasher, static (_, _, _) => { }).Root(0));
    }

    [Fact]
    public void A_leaf_hash_of_another_length_is_refused()
    {
        var tree = new MerkleTreeFrontier(_hasher);
        Assert.Contains("31", Assert.Throws<ArgumentException>(() => tree.Append(new byte[31])).Message, StringComparison.Ordinal);
        Assert.Equal(0, tree.Size);
    }

    [Fact]
    public void A_tree_taken_up_again_at_any_size_grows_to_the_same_roots()
    {
        using var tree = new GrownTree(GrownTree.Leaves(70));
        byte[] root = new byte[32];
        for (int size = 0; size <= 70; size++)
        {
            MerkleTreeFrontier again = MerkleTreeFrontier.Restore(_hasher, size, tree.Read);
            Assert.False(again.TryCompleted(0, root));
            for (int next = size; ; next++)
            {
                Assert.Equal(next, again.Size);
                again.Root(root);
                Assert.Equal(tree.Roots[next], root);
                if (next == 70)
                {
                    break;
                }

                tree.Read(0, next, root);
                again.Append(root);
            }
        }
    }

    [Fact]
    public void Appending_and_taking_the_root_allocates_nothing()
    {
        var tree = new MerkleTreeFrontier(_hasher);
        byte[] line = new byte[300];
        byte[] hash = new byte[32];
        Assert.Equal(0, Allocated.InTenThousand(() =>
        {
            _hasher.Leaf(line, hash);
            tree.Append(hash);
            tree.Root(hash);
        }));
    }

    public void Dispose() => _hasher.Dispose();

    private byte[] Leaf(byte[] leaf)
    {
        byte[] hash = new byte[32];
        _hasher.Leaf(leaf, hash);
        return hash;
    }
}
