using System.Buffers.Text;
using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>Keyed commitments (docs/audit-records.md): HMAC-SHA256 over the JSON pointer, a zero byte and the canonical value. They bind a value without showing it.</summary>
internal sealed class Commitment
{
    /// <summary>43 characters of base64url.</summary>
    public const int TextLength = 43;

    private readonly byte[] _key;
    private IncrementalHash? _spare;

    public Commitment(ReadOnlySpan<byte> key)
    {
        if (key.Length < 32)
        {
            throw new ArgumentException($"A commitment key has at least 32 bytes, and this one has {key.Length}; set AuditOptions.CommitmentKey to more random bytes.", nameof(key));
        }

        _key = key.ToArray();
    }

    /// <summary>Commits to a value.</summary>
    /// <param name="message">The pointer, a zero byte and the canonical value.</param>
    /// <param name="text">Receives 43 characters.</param>
    public void Write(ReadOnlySpan<byte> message, Span<byte> text)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        // One that is set up already takes half the time, and one thread has it at a time.
        IncrementalHash hash = Interlocked.Exchange(ref _spare, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(message);
        hash.GetHashAndReset(mac);
        if (Interlocked.CompareExchange(ref _spare, hash, null) is not null)
        {
            hash.Dispose(); // Another thread has put one there meanwhile.
        }

        Base64Url.EncodeToUtf8(mac, text);
    }

    /// <summary>Authenticates a token under the same key, apart from every commitment: a pointer never begins with the label's byte.</summary>
    public byte[] Mac(ReadOnlySpan<byte> message) => HMACSHA256.HashData(_key.AsSpan(), [(byte)'T', .. message]);
}
