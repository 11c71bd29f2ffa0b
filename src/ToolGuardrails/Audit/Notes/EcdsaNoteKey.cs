using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>An ECDSA key on P-256 (type 0x02). Its id is that of the key alone: neither the name nor the type goes into it.</summary>
internal sealed class EcdsaNoteKey : NoteKey
{
    public const byte Type = 2;

    private readonly Lock _lock = new();
    private readonly ECDsa _key = ECDsa.Create();

    public EcdsaNoteKey(NoteKeyText text)
        : base(text)
    {
        ReadOnlySpan<byte> key = text.PublicKey.Span;
        if (!key.StartsWith(UncompressedP256))
        {
            throw new FormatException($"The key '{text}' isn't an ECDSA public key on P-256, uncompressed.");
        }

        if (text.Id != IdOf(key))
        {
            throw new FormatException($"The key '{text}' has the id {text.Id:x8}, but its public key has {IdOf(key):x8}.");
        }

        try
        {
            _key.ImportSubjectPublicKeyInfo(key, out int read);
            if (read != key.Length)
            {
                throw new FormatException($"The key '{text}' has bytes behind its public key.");
            }
        }
        catch (CryptographicException e)
        {
            throw new FormatException($"The key '{text}' has a public key that can't be read: {e.Message}", e);
        }
    }

    // SubjectPublicKeyInfo { id-ecPublicKey, prime256v1 }, a bit string of 65 bytes, of which the first says uncompressed (RFC 5480).
    private static ReadOnlySpan<byte> UncompressedP256 =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>Says whether notes can be signed on this key's curve.</summary>
    public static bool IsOnP256(ECDsa key) => key.ExportSubjectPublicKeyInfo().AsSpan().StartsWith(UncompressedP256);

    /// <summary>The id of a key's public half.</summary>
    public static uint IdOf(ECDsa key) => IdOf(key.ExportSubjectPublicKeyInfo());

    /// <summary>Writes down the public half of a key under a name.</summary>
    public static NoteKeyText TextOf(string name, ECDsa key)
    {
        byte[] publicKey = key.ExportSubjectPublicKeyInfo();
        return new NoteKeyText(name, IdOf(publicKey), Type, publicKey);
    }

    public override bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        lock (_lock)
        {
            return _key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
    }

    public override void Dispose() => _key.Dispose();

    private static uint IdOf(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(subjectPublicKeyInfo, digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest);
    }
}
