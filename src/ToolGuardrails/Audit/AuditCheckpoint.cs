using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>What a log vouches for at one moment: its name, how many records it has, and the root of their tree, signed (c2sp.org/tlog-checkpoint).</summary>
/// <remarks>Kept elsewhere, it shows later whether the log was cut, rolled back or written anew. What is in it was not verified by being read; verifying a log with it does.</remarks>
public sealed class AuditCheckpoint
{
    private AuditCheckpoint(Checkpoint checkpoint, string note)
    {
        Origin = checkpoint.Origin;
        Size = checkpoint.Size;
        RootHash = checkpoint.Root;
        Note = note;
    }

    /// <summary>The log's name.</summary>
    public string Origin { get; }

    /// <summary>How many records the tree has.</summary>
    public long Size { get; }

    /// <summary>The tree's root, 32 bytes.</summary>
    public ReadOnlyMemory<byte> RootHash { get; }

    /// <summary>The signed note: three lines, an empty one, and a line for each signature. Without signatures in unsigned mode.</summary>
    public string Note { get; }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="note">The note, its last line feed included.</param>
    /// <exception cref="FormatException">It isn't a checkpoint.</exception>
    public static AuditCheckpoint Parse(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        return TryRead(note, out string? problem) ?? throw new FormatException(problem);
    }

    /// <summary>Reads a file of checkpoints that were kept elsewhere: notes one after another, each followed by an empty line, or each as a JSON string at the end of a line of its own, whatever stands before it.</summary>
    /// <param name="content">The file's content.</param>
    /// <returns>The checkpoints in their order, at least one.</returns>
    /// <exception cref="FormatException">One of them isn't a checkpoint, or there is none. The message says on which line.</exception>
    public static IReadOnlyList<AuditCheckpoint> ParseFile(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return CheckpointFile.Parse(content);
    }

    /// <summary>The note.</summary>
    public override string ToString() => Note;

    internal static AuditCheckpoint? TryRead(string note, out string? problem)
    {
        int end = note.IndexOf("\n\n", StringComparison.Ordinal);
        problem = "The checkpoint has no empty line behind its text.";
        return end >= 0 && Checkpoint.TryParse(Encoding.UTF8.GetBytes(note[..(end + 1)]), out Checkpoint? read, out problem) ? new AuditCheckpoint(read, note) : null;
    }
}
