using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace ToolGuardrails.Audit;

/// <summary>Takes a note apart (c2sp.org/signed-note), strictly: what has two readings is refused. Nothing it returns may be believed before a signature is verified.</summary>
internal static class SignedNoteParser
{
    /// <summary>Room for 16 signatures of the largest kind, 5 kB each in base64, and as much text again.</summary>
    public const int MostBytes = 128 * 1024;

    public const int MostSignatures = 16;

    private const int KeyIdSize = 4;

    /// <summary>Em dash and space, with which each signature's line begins.</summary>
    public static ReadOnlySpan<byte> LineStart => "\u2014 "u8;

    /// <summary>Takes a note apart.</summary>
    /// <param name="note">The note.</param>
    /// <param name="textLength">How many of its bytes are the text, the last line feed included.</param>
    /// <param name="signatures">The signatures in their order.</param>
    /// <returns>What is wrong, as a sentence; null where nothing is.</returns>
    public static string? Parse(ReadOnlySpan<byte> note, out int textLength, out List<SignedNoteSignature> signatures)
    {
        signatures = [];
        textLength = 0;
        string? problem = ProblemWithText(note);
        if (problem is not null)
        {
            return problem;
        }

        int separator = note.LastIndexOf("\n\n"u8);
        if (separator < 0)
        {
            return "The note has no empty line between its text and its signatures.";
        }

        textLength = separator + 1;
        ReadOnlySpan<byte> lines = note[(separator + 2)..];
        if (lines.IsEmpty)
        {
            return "The note has no signature.";
        }

        if (lines[^1] != (byte)'\n')
        {
            return "The note's last line has no line feed.";
        }

        return ParseLines(lines, signatures);
    }

    /// <summary>Says what keeps some bytes from being a note or its text.</summary>
    public static string? ProblemWithText(ReadOnlySpan<byte> text)
    {
        if (text.Length > MostBytes)
        {
            return $"The note has {text.Length} bytes; the most is {MostBytes}.";
        }

        if (!Utf8.IsValid(text))
        {
            return "The note isn't UTF-8.";
        }

        foreach (byte b in text)
        {
            if (b is < 0x20 and not (byte)'\n')
            {
                return b == '\r' ? "The note has a carriage return; its lines end with a line feed alone." : "The note has a control character.";
            }
        }

        return null;
    }

    private static string? ParseLines(ReadOnlySpan<byte> lines, List<SignedNoteSignature> signatures)
    {
        while (!lines.IsEmpty)
        {
            if (signatures.Count == MostSignatures)
            {
                return $"The note has more than {MostSignatures} signatures.";
            }

            int end = lines.IndexOf((byte)'\n');
            if (ParseLine(lines[..end]) is not { } signature)
            {
                return $"Line {signatures.Count + 1} of the note's signatures isn't an em dash, a key's name and canonical base64 of a key's id and a signature.";
            }

            signatures.Add(signature);
            lines = lines[(end + 1)..];
        }

        return null;
    }

    private static SignedNoteSignature? ParseLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(LineStart))
        {
            return null;
        }

        line = line[LineStart.Length..];
        int space = line.IndexOf((byte)' ');
        if (space < 0)
        {
            return null;
        }

        string name = Encoding.UTF8.GetString(line[..space]);
        return NoteKeyName.IsValid(name) && SignedNoteBase64.TryDecode(line[(space + 1)..], out byte[] bytes) && bytes.Length > KeyIdSize
            ? new SignedNoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(KeyIdSize))
            : null;
    }
}
