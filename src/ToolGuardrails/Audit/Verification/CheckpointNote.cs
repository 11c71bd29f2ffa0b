using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>Reads what a checkpoint's note says, before anybody has verified it.</summary>
internal static class CheckpointNote
{
    public static Checkpoint? TryRead(string note, out string? problem)
    {
        int end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0)
        {
            problem = "The checkpoint has no empty line behind its text.";
            return null;
        }

        if (!Checkpoint.TryParse(Encoding.UTF8.GetBytes(note[..(end + 1)]), out Checkpoint? read, out problem))
        {
            return null;
        }

        problem = read.Extensions.Count > 0 ? "The checkpoint has more than three lines of text." : null;
        return problem is null ? read : null;
    }

    /// <summary>Whether a note ends with its empty line: then nobody signed it.</summary>
    public static bool IsUnsigned(string note) => note.EndsWith("\n\n", StringComparison.Ordinal);

    public static bool Fits(Checkpoint checkpoint, [NotNullWhen(true)] byte[]? root) => root is not null && checkpoint.Root.Span.SequenceEqual(root);
}
