using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>The hashes of RFC 6962 section 2.1 on SHA-256, without allocating. One instance serves one thread at a time.</summary>
internal sealed class MerkleTreeHasher : IDisposable
{
    public const int HashSize = SHA256.HashSizeInBytes;

    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;
    private const int ShortLeaf = 1024;

    // A kept hash object is quicker than the one-shot call on short inputs, and one append of a copied input quicker than an append for each part.
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _input = new byte[1 + ShortLeaf];

    /// <summary>The root of a tree without leaves: the hash of nothing.</summary>
    public static ReadOnlySpan<byte> EmptyRoot =>
    [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
        0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ];

    /// <summary>Hashes a leaf's bytes behind a zero byte.</summary>
    public void Leaf(ReadOnlySpan<byte> leaf, Span<byte> hash)
    {
        _input[0] = LeafPrefix;
        if (leaf.Length <= ShortLeaf)
        {
            leaf.CopyTo(_input.AsSpan(1));
            _hash.AppendData(_input.AsSpan(0, 1 + leaf.Length));
        }
        else
        {
            _hash.AppendData(_input.AsSpan(0, 1));
            _hash.AppendData(leaf);
        }

        _hash.GetHashAndReset(hash);
    }

    /// <summary>Hashes two children behind a one byte. The result may take the place of either.</summary>
    public void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        _input[0] = NodePrefix;
        left.CopyTo(_input.AsSpan(1, HashSize));
        right.CopyTo(_input.AsSpan(1 + HashSize, HashSize));
        _hash.AppendData(_input.AsSpan(0, 1 + (2 * HashSize)));
        _hash.GetHashAndReset(hash);
    }

    public void Dispose() => _hash.Dispose();
}
