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
