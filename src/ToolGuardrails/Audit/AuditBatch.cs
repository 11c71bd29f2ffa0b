using System.Collections;

namespace ToolGuardrails;

/// <summary>Some records in the order in which they were made.</summary>
public sealed class AuditBatch : IReadOnlyList<AuditRecord>
{
    private readonly ReadOnlyMemory<byte> _lines;
    private readonly ReadOnlyMemory<int> _ends;

    internal AuditBatch(ReadOnlyMemory<byte> lines, ReadOnlyMemory<int> ends, AuditAcknowledgement acknowledgement)
    {
        _lines = lines;
        _ends = ends;
        Acknowledgement = acknowledgement;
    }

    /// <summary>How safely the batch has to be kept: the strictest that one of its records asks for.</summary>
    public AuditAcknowledgement Acknowledgement { get; }

    /// <summary>How many records.</summary>
    public int Count => _ends.Length;

    /// <summary>All lines, each with its line feed: what a file appends in one write.</summary>
    public ReadOnlyMemory<byte> Lines => _lines;

    /// <summary>Makes a batch of finished lines: for tests of sinks, and for whoever passes records on. The pipeline makes its own.</summary>
    /// <param name="lines">The lines in order, each without its line feed; copied. None makes a batch without records.</param>
    /// <param name="acknowledgement">How safely the batch has to be kept.</param>
    /// <exception cref="ArgumentException">A line is empty or holds a line feed.</exception>
    public static AuditBatch FromLines(IReadOnlyList<ReadOnlyMemory<byte>> lines, AuditAcknowledgement acknowledgement)
    {
        ArgumentNullException.ThrowIfNull(lines);
        int[] ends = new int[lines.Count];
        int length = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            if (lines[i].IsEmpty || lines[i].Span.Contains((byte)'\n'))
            {
                throw new ArgumentException($"Line {i} {(lines[i].IsEmpty ? "is empty" : "holds a line feed")}; a record is one line, and the batch adds its line feed.", nameof(lines));
            }

            ends[i] = length = checked(length + lines[i].Length + 1);
        }

        byte[] copy = new byte[length];
        for (int i = 0; i < ends.Length; i++)
        {
            lines[i].CopyTo(copy.AsMemory(ends[i] - lines[i].Length - 1));
            copy[ends[i] - 1] = (byte)'\n';
        }

        return new AuditBatch(copy, ends, acknowledgement);
    }

    /// <summary>One record.</summary>
    /// <param name="index">From 0.</param>
    public AuditRecord this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _ends.Length);
            int start = index == 0 ? 0 : EndOf(index - 1);
            return new AuditRecord(_lines[start..(EndOf(index) - 1)]);
        }
    }

    /// <summary>Where a record's line ends in <see cref="Lines"/>, behind its line feed.</summary>
    internal int EndOf(int index) => _ends.Span[index];

    /// <inheritdoc/>
    public IEnumerator<AuditRecord> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
