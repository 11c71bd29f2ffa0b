using System.Buffers.Binary;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>Writes notes with one or more signers. The first signature of each is verified where the library can, so that a wrong key or encoding shows at once and not to an auditor.</summary>
internal sealed class SignedNoteWriter
{
    private readonly IReadOnlyList<INoteSigner> _signers;
    private readonly NoteKeyText[] _keys;
    private bool _isTried;

    public SignedNoteWriter(IReadOnlyList<INoteSigner> signers)
    {
        if (signers.Count is 0 or > SignedNoteParser.MostSignatures)
        {
            throw new ArgumentException($"A note has 1 to {SignedNoteParser.MostSignatures} signers, and {signers.Count} were given.", nameof(signers));
        }

        _signers = [.. signers];
        _keys = [.. signers.Select(KeyOf)];
        if (_keys.Select(static k => (k.Name, k.Id)).Distinct().Count() != _keys.Length)
        {
            throw new ArgumentException("Two of the note's signers have the same name and key id; give each key once.", nameof(signers));
        }
    }

    /// <summary>Signs a text that ends with a line feed, and returns the note.</summary>
    public async ValueTask<byte[]> WriteAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        if (text.IsEmpty || text.Span[^1] != (byte)'\n')
        {
            throw new ArgumentException("A note's text ends with a line feed.", nameof(text));
        }

        if (SignedNoteParser.ProblemWithText(text.Span) is { } problem)
        {
            throw new ArgumentException(problem, nameof(text));
        }

        using var note = new MemoryStream(text.Length + (256 * _signers.Count));
        note.Write(text.Span);
        note.WriteByte((byte)'\n');
        for (int i = 0; i < _signers.Count; i++)
        {
            ReadOnlyMemory<byte> signature = await _signers[i].SignAsync(text, cancellationToken).ConfigureAwait(false);
            Check(_keys[i], text.Span, signature.Span);
            WriteLine(note, _keys[i], signature.Span);
        }

        _isTried = true;
        return note.Length <= SignedNoteParser.MostBytes
            ? note.ToArray()
            : throw new InvalidOperationException($"The signed note would have {note.Length} bytes; the most is {SignedNoteParser.MostBytes}.");
    }

    private static NoteKeyText KeyOf(INoteSigner signer)
    {
        NoteKeyText key;
        try
        {
            key = NoteKeyText.Parse(signer.VerifierKey);
            if (key.Type == EcdsaNoteKey.Type)
            {
                new EcdsaNoteKey(key).Dispose();
            }
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"The note signer '{signer.Name}' has a VerifierKey that can't be used: {e.Message}", e);
        }

        return key.Id == signer.KeyId && string.Equals(key.Name, signer.Name, StringComparison.Ordinal)
            ? key
            : throw new InvalidOperationException($"The note signer '{signer.Name}' ({signer.KeyId:x8}) has the VerifierKey of '{key.Name}' ({key.Id:x8}); the three must agree.");
    }

    private static void WriteLine(MemoryStream note, NoteKeyText key, ReadOnlySpan<byte> signature)
    {
        byte[] bytes = new byte[sizeof(uint) + signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, key.Id);
        signature.CopyTo(bytes.AsSpan(sizeof(uint)));
        note.Write(SignedNoteParser.LineStart);
        note.Write(Encoding.UTF8.GetBytes($"{key.Name} {Convert.ToBase64String(bytes)}\n"));
    }

    private void Check(NoteKeyText key, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        if (signature.IsEmpty)
        {
            throw new InvalidOperationException($"The note signer '{key.Name}' ({key.Id:x8}) returned an empty signature.");
        }

        if (_isTried || key.Type != EcdsaNoteKey.Type)
        {
            return;
        }

        using var verifier = new EcdsaNoteKey(key);
        if (!verifier.Verify(text, signature))
        {
            throw new InvalidOperationException($"The note signer '{key.Name}' ({key.Id:x8}) returned a signature that its own VerifierKey refuses. It must sign the SHA-256 of the text with that key and return the signature in DER.");
        }
    }
}
