using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>A tree's size and root under its log's name: the text that is signed (c2sp.org/tlog-checkpoint).</summary>
/// <param name="Origin">The log's name. Foreign ones may hold spaces.</param>
/// <param name="Size">The number of leaves.</param>
/// <param name="Root">The 32 bytes of the root.</param>
/// <param name="Extensions">Further lines, which other logs have. They are read and never written.</param>
internal sealed record Checkpoint(string Origin, long Size, ReadOnlyMemory<byte> Root, IReadOnlyList<string> Extensions)
{
    public Checkpoint(string origin, long size, ReadOnlyMemory<byte> root)
        : this(origin, size, root, [])
    {
    }

    /// <summary>Reads a checkpoint out of a verified note's text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, [NotNullWhen(true)] out Checkpoint? checkpoint, [NotNullWhen(false)] out string? problem)
    {
        checkpoint = null;
        problem = SignedNoteParser.ProblemWithText(text);
        if (problem is not null)
        {
            return false;
        }

        if (text.IsEmpty || text[^1] != (byte)'\n')
        {
            problem = "The checkpoint's last line has no line feed.";
            return false;
        }

        string[] lines = Encoding.UTF8.GetString(text[..^1]).Split('\n');
        problem = ProblemWith(lines, out long size, out byte[] root);
        if (problem is not null)
        {
            return false;
        }

        checkpoint = new Checkpoint(lines[0], size, root, lines[3..]);
        return true;
    }

    /// <summary>Writes the text to sign: three lines.</summary>
    public byte[] ToText()
    {
        if (Extensions.Count > 0)
        {
            throw new InvalidOperationException("A checkpoint with extension lines comes from another log; it is read, never written.");
        }

        byte[] text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n"));
        return TryParse(text, out Checkpoint? read, out string? problem) && string.Equals(read.Origin, Origin, StringComparison.Ordinal) && read.Extensions.Count == 0
            ? text
            : throw new InvalidOperationException($"The checkpoint of '{Origin}' can't be written. {problem ?? "Its origin isn't one line of Unicode text."}");
    }

    private static string? ProblemWith(string[] lines, out long size, out byte[] root)
    {
        size = 0;
        root = [];
        if (lines.Length < 3)
        {
            return "The checkpoint has fewer than three lines.";
        }

        if (lines.Any(static l => l.Length == 0))
        {
            return "The checkpoint has an empty line.";
        }

        if (!TryReadSize(lines[1], out size))
        {
            return "The checkpoint's size isn't a decimal number without leading zeros that fits 63 bits.";
        }

        if (!SignedNoteBase64.TryDecode(Encoding.UTF8.GetBytes(lines[2]), out root) || root.Length != MerkleTreeHasher.HashSize)
        {
            return "The checkpoint's root isn't 32 bytes of canonical base64.";
        }

        return size > 0 || root.AsSpan().SequenceEqual(MerkleTreeHasher.EmptyRoot) ? null : "The checkpoint has no leaves but a root that isn't the empty tree's.";
    }

    private static bool TryReadSize(string text, out long size) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && (text.Length == 1 || text[0] != '0');
}
