using ToolGuardrails.Tests.AuditNotes;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>Every proof of every tree of up to 1,025 leaves against the definitions.</summary>
[Trait("Speed", "slow")]
public sealed class MerkleTreeExhaustiveTests : IDisposable
{
    private const int Most = 1025;
    private readonly byte[][] _leaves = GrownTree.Leaves(Most);
    private readonly byte[]?[,] _hashes = new byte[Most + 1, Most + 1][];
    private readonly TreeDefinition _definition;
    private readonly GrownTree _tree;

    public MerkleTreeExhaustiveTests()
    {
        _tree = new GrownTree(_leaves);
        _definition = new TreeDefinition(
            (from, to) => to - from == 1 ? _leaves[from] : _hashes[from, to],
            (from, to, hash) => _hashes[from, to] = hash);
    }

    [Fact]
    public void Every_inclusion_proof_is_as_defined_and_verifies()
    {
        for (int size = 1; size <= Most; size++)
        {
            Assert.Equal(_definition.Hash(0, size), _tree.Roots[size]);
            for (int index = 0; index < size; index++)
            {
                byte[][] proof = _tree.Prover.Inclusion(index, size);
                Assert.True(_definition.IsPath(index, 0, size, proof));
                Assert.True(_tree.Verifier.Includes(index, size, _leaves[index], proof, _tree.Roots[size]));
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_is_as_defined_and_verifies()
    {
        for (int second = 1; second <= Most; second++)
        {
            for (int first = 1; first <= second; first++)
            {
                byte[][] proof = _tree.Prover.Consistency(first, second);
                Assert.True(_definition.IsSubproof(first, 0, second, true, proof));
                Assert.True(_tree.Verifier.Extends(first, _tree.Roots[first], second, _tree.Roots[second], proof));
            }
        }
    }

    public void Dispose() => _tree.Dispose();
}
