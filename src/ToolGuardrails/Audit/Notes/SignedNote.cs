using System.Diagnostics.CodeAnalysis;

namespace ToolGuardrails.Audit;

/// <summary>A note with at least one verified signature, and none of a known key that fails. There is no other way to a note's text.</summary>
internal sealed class SignedNote
{
    private SignedNote(byte[] text, IReadOnlyList<NoteKey> verifiedBy)
    {
        Text = text;
        VerifiedBy = verifiedBy;
    }

    /// <summary>What was signed, its last line feed included.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>The keys whose signatures hold, each once, in the signatures' order.</summary>
    public IReadOnlyList<NoteKey> VerifiedBy { get; }

    /// <summary>Reads a note and verifies it.</summary>
    /// <param name="note">The note.</param>
    /// <param name="keys">The keys that are trusted. Signatures of others are passed over, also where they share a name or an id with one of these.</param>
    /// <param name="opened">The note, where it is well formed and verified.</param>
    /// <param name="problem">Why there is none, as a sentence.</param>
    public static bool TryOpen(ReadOnlySpan<byte> note, IReadOnlyList<NoteKey> keys, [NotNullWhen(true)] out SignedNote? opened, [NotNullWhen(false)] out string? problem)
    {
        opened = null;
        problem = SignedNoteParser.Parse(note, out int textLength, out List<SignedNoteSignature> signatures);
        if (problem is not null)
        {
            return false;
        }

        ReadOnlySpan<byte> text = note[..textLength];
        var verifiedBy = new List<NoteKey>();
        foreach (SignedNoteSignature signature in signatures)
        {
            problem = Verify(text, signature, keys, verifiedBy);
            if (problem is not null)
            {
                return false;
            }
        }

        if (verifiedBy.Count == 0)
        {
            problem = "The note has no signature of a known key.";
            return false;
        }

        opened = new SignedNote(text.ToArray(), verifiedBy);
        return true;
    }

    private static string? Verify(ReadOnlySpan<byte> text, SignedNoteSignature signature, IReadOnlyList<NoteKey> keys, List<NoteKey> verifiedBy)
    {
        NoteKey? known = null;
        foreach (NoteKey key in keys)
        {
            if (key.Id != signature.KeyId || !string.Equals(key.Name, signature.Name, StringComparison.Ordinal))
            {
                continue;
            }

            if (known is not null)
            {
                return $"Two of the given keys are called '{signature.Name}' and have the id {signature.KeyId:x8}; give one of them.";
            }

            known = key;
        }

        if (known is null)
        {
            return null;
        }

        if (!known.Verify(text, signature.Bytes.Span))
        {
            return $"The signature of '{signature.Name}' ({signature.KeyId:x8}) doesn't fit the note's text.";
        }

        if (!verifiedBy.Contains(known))
        {
            verifiedBy.Add(known);
        }

        return null;
    }
}
