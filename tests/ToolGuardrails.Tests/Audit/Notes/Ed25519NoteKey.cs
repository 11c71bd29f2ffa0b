using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>A key of type 0x01, which most published notes are signed with. The library has no Ed25519, because the framework has none.</summary>
internal sealed class Ed25519NoteKey : NoteKey
{
    private readonly byte[] _key;

    private Ed25519NoteKey(NoteKeyText text)
        : base(text) => _key = text.PublicKey.ToArray();

    public static new Ed25519NoteKey Parse(string text)
    {
        NoteKeyText read = NoteKeyText.Parse(text);
        return read.Type == 1 && read.PublicKey.Length == 32 && read.Id == IdOf(read.Name, read.PublicKey.Span)
            ? new Ed25519NoteKey(read)
            : throw new FormatException($"The key '{text}' isn't an Ed25519 key with its id.");
    }

    public static Ed25519NoteKey Of(string name, ReadOnlySpan<byte> key) => new(new NoteKeyText(name, IdOf(name, key), 1, key.ToArray()));

    public override bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        signature.Length == 64 && Ed25519.Verify(signature.ToArray(), 0, _key, 0, text.ToArray(), 0, text.Length);

    public override void Dispose()
    {
    }

    private static uint IdOf(string name, ReadOnlySpan<byte> key) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', 1, .. key]));
}
