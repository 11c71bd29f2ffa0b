using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>Proofs of trees of up to 2^20 leaves, read from each eighth level as tiles hold them. Sizes near powers of two come up often.</summary>
public sealed class MerkleTreeProperties
{
    private static readonly Gen<int> Sizes = Gen.OneOf(
        Gen.Choose(1, LargeTree.Size),
        Gen.Choose(1, 2_000),
        from level in Gen.Choose(1, LargeTree.Height) from beside in Gen.Choose(-2, 2) select Math.Clamp((1 << level) + beside, 1, LargeTree.Size));

    private static readonly Gen<(int Small, int Large)> Pairs =
        from large in Sizes from other in Gen.OneOf(Sizes, Gen.Choose(1, large)) select (Math.Min(other, large), Math.Max(other, large));

    private static TreeDefinition Definition => LargeTree.Shared.Definition;

    [Fact]
    public void An_inclusion_proof_is_the_definitions_verifies_and_fits_no_other_place()
    {
        using var hasher = new MerkleTreeHasher();
        MerkleTreeProver prover = Prover(hasher);
        var verifier = new MerkleTreeVerifier(hasher);
        Check(Pairs, c =>
        {
            int index = c.Small - 1;
            byte[] root = prover.Root(c.Large);
            byte[][] proof = prover.Inclusion(index, c.Large);
            byte[] leaf = Definition.Hash(index, index + 1);
            return Definition.IsPath(index, 0, c.Large, proof)
                && root.AsSpan().SequenceEqual(Definition.Hash(0, c.Large))
                && verifier.Includes(index, c.Large, leaf, proof, root)
                && !verifier.Includes(index ^ 1, c.Large, leaf, proof, root)
                && !verifier.Includes(c.Large, c.Large, leaf, proof, root)
                && (proof.Length == 0 || !verifier.Includes(index, c.Large, leaf, proof.AsSpan(1), root));
        });
    }

    [Fact]
    [Trait("Speed", "slow")]
    public void A_consistency_proof_is_the_definitions_verifies_and_fits_no_other_sizes()
    {
        using var hasher = new MerkleTreeHasher();
        MerkleTreeProver prover = Prover(hasher);
        var verifier = new MerkleTreeVerifier(hasher);
        Check(Pairs, c =>
        {
            byte[] first = prover.Root(c.Small);
            byte[] second = prover.Root(c.Large);
            byte[][] proof = prover.Consistency(c.Small, c.Large);
            return Definition.IsSubproof(c.Small, 0, c.Large, true, proof)
                && verifier.Extends(c.Small, first, c.Large, second, proof)
                && (c.Small == c.Large || !verifier.Extends(c.Small, second, c.Large, first, proof))
                && !verifier.Extends(c.Small, first, c.Large, second, [.. proof, first])
                && (proof.Length == 0 || !verifier.Extends(c.Small, first, c.Large, second, proof.AsSpan(0, proof.Length - 1)));
        });
    }

    private static MerkleTreeProver Prover(MerkleTreeHasher hasher) => new(hasher, MerkleTreeRows.Reader(hasher, LargeTree.Shared.ReadRows));

    private static void Check<T>(Gen<T> gen, Func<T, bool> holds) =>
        Prop.ForAll(gen.ToArbitrary(), holds)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithReplay(new Replay(new Rnd(20261122), FSharpOption<int>.None)));
}
