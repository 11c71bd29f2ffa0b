namespace ToolGuardrails.Audit;

/// <summary>A public key that notes are checked with.</summary>
internal abstract class NoteKey(NoteKeyText text) : IDisposable
{
    public string Name => text.Name;

    public uint Id => text.Id;

    /// <summary>Reads a key that this library can verify with.</summary>
    /// <exception cref="FormatException">The text isn't one, or is one of another algorithm.</exception>
    public static NoteKey Parse(string text)
    {
        NoteKeyText read = NoteKeyText.Parse(text);
        return read.Type == EcdsaNoteKey.Type
            ? new EcdsaNoteKey(read)
            : throw new FormatException($"The key '{text}' is of type 0x{read.Type:x2}; this library verifies type 0x02, ECDSA on P-256.");
    }

    /// <summary>Says whether the signature is this key's over exactly this text.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature);

    public override string ToString() => text.ToString();

    public abstract void Dispose();
}
