using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ToolGuardrails.Approval;

/// <summary>What an approval binds to, as one digest. The encoding is frozen: docs/approval-digest.md.</summary>
internal static class ApprovalDigest
{
    private const int LengthBytes = sizeof(long);
    private const int SlotBytes = SHA256.HashSizeInBytes;

    // Throws for a lone surrogate: a replacement character would let two texts share a digest.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Compute(
        string agent,
        Principal? subject,
        string? tenant,
        SessionIdentity session,
        string? server,
        string tool,
        string? definition,
        ReadOnlySpan<byte> canonicalArguments,
        ReadOnlySpan<byte> slotDigest)
    {
        if (slotDigest.Length != SlotBytes)
        {
            throw new ArgumentException($"The slot digest has {slotDigest.Length} bytes; pass the {SlotBytes} bytes of a SHA-256.", nameof(slotDigest));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendField(hash, "toolguardrails/approval/1"u8);
        AppendText(hash, agent);
        AppendText(hash, subject?.ToString());
        AppendText(hash, tenant);
        AppendField(hash, SessionPath(session));
        AppendText(hash, server);
        AppendText(hash, tool);
        AppendText(hash, definition);
        AppendField(hash, canonicalArguments);
        AppendField(hash, slotDigest);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendText(IncrementalHash hash, string? text)
    {
        if (text is null)
        {
            AppendLength(hash, -1);
            return;
        }

        AppendField(hash, Utf8.GetBytes(text));
    }

    private static void AppendField(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        AppendLength(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> prefix = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt64BigEndian(prefix, length);
        hash.AppendData(prefix);
    }

    private static ReadOnlySpan<byte> SessionPath(SessionIdentity session)
    {
        var path = new Stack<SessionIdentity>();
        for (SessionIdentity? at = session; at is not null; at = at.Parent)
        {
            path.Push(at);
        }

        var bytes = new ArrayBufferWriter<byte>();
        WriteLength(bytes, path.Count);
        foreach (SessionIdentity each in path)
        {
            WriteText(bytes, each.Id);
            WriteText(bytes, each.Agent);
        }

        return bytes.WrittenSpan;
    }

    private static void WriteText(ArrayBufferWriter<byte> bytes, string text)
    {
        byte[] utf8 = Utf8.GetBytes(text);
        WriteLength(bytes, utf8.Length);
        bytes.Write(utf8);
    }

    private static void WriteLength(ArrayBufferWriter<byte> bytes, long length)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(LengthBytes), length);
        bytes.Advance(LengthBytes);
    }
}
