using System.Security.Cryptography;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>A tree of 2^20 leaves with all its complete subtrees, hashed bottom up without the product.</summary>
internal sealed class LargeTree
{
    public const int Height = 20;
    public const int Size = 1 << Height;

    private readonly byte[][] _levels = new byte[Height + 1][];

    private LargeTree()
    {
        _levels[0] = new byte[Size * 32];
        new Random(20).NextBytes(_levels[0]);
        Span<byte> pair = stackalloc byte[65];
        pair[0] = 1;
        for (int level = 1; level <= Height; level++)
        {
            _levels[level] = new byte[_levels[level - 1].Length / 2];
            for (int at = 0; at < _levels[level].Length; at += 32)
            {
                _levels[level - 1].AsSpan(2 * at, 64).CopyTo(pair[1..]);
                SHA256.HashData(pair, _levels[level].AsSpan(at, 32));
            }
        }

        Definition = new TreeDefinition(Known, static (_, _, _) => { });
    }

    public static LargeTree Shared { get; } = new();

    public TreeDefinition Definition { get; }

    /// <summary>As storage with tiles reads.</summary>
    public void ReadRows(int level, long index, Span<byte> hashes)
    {
        Assert.Equal(0, level % MerkleTreeRows.Height);
        _levels[level].AsSpan((int)index * 32, hashes.Length).CopyTo(hashes);
    }

    private byte[]? Known(int from, int to)
    {
        int leaves = to - from;
        int at = from / leaves * 32;
        return int.IsPow2(leaves) && from % leaves == 0 ? _levels[int.Log2(leaves)][at..(at + 32)] : null;
    }
}
