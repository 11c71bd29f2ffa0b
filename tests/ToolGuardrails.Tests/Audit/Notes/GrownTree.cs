using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>A tree grown leaf by leaf by the product, with every completed node and every size's root kept.</summary>
internal sealed class GrownTree : IDisposable
{
    private readonly List<List<byte[]>> _levels = [];

    public GrownTree(IEnumerable<byte[]> leafHashes)
    {
        Frontier = new MerkleTreeFrontier(Hasher);
        Roots.Add(Root());
        foreach (byte[] leaf in leafHashes)
        {
            Frontier.Append(leaf);
            byte[] node = new byte[32];
            for (int level = 0; Frontier.TryCompleted(level, node); level++, node = new byte[32])
            {
                if (_levels.Count == level)
                {
                    _levels.Add([]);
                }

                _levels[level].Add(node);
            }

            Roots.Add(Root());
        }

        Prover = new MerkleTreeProver(Hasher, Read);
        Verifier = new MerkleTreeVerifier(Hasher);
    }

    public MerkleTreeHasher Hasher { get; } = new();

    public MerkleTreeFrontier Frontier { get; }

    public MerkleTreeProver Prover { get; }

    public MerkleTreeVerifier Verifier { get; }

    public List<byte[]> Roots { get; } = [];

    /// <summary>Leaf hashes that differ from each other.</summary>
    public static byte[][] Leaves(int count)
    {
        using var hasher = new MerkleTreeHasher();
        byte[][] leaves = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            leaves[i] = new byte[32];
            hasher.Leaf(BitConverter.GetBytes(i), leaves[i]);
        }

        return leaves;
    }

    public void Read(int level, long index, Span<byte> hash) => _levels[level][(int)index].CopyTo(hash);

    /// <summary>As storage with tiles reads: neighbours, and only of each eighth level.</summary>
    public void ReadRows(int level, long index, Span<byte> hashes)
    {
        Assert.Equal(0, level % MerkleTreeRows.Height);
        for (int i = 0; i < hashes.Length / 32; i++)
        {
            Read(level, index + i, hashes.Slice(32 * i, 32));
        }
    }

    public void Dispose() => Hasher.Dispose();

    private byte[] Root()
    {
        byte[] root = new byte[32];
        Frontier.Root(root);
        return root;
    }
}
