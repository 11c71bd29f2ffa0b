namespace ToolGuardrails.Audit;

/// <summary>Walks over the lines of a log from one index up to another, through as many segments as that takes, one open at a time.</summary>
internal sealed class ReaderCursor : IDisposable
{
    private readonly ReaderSnapshot _log;
    private readonly ReaderSegment[] _segments;
    private readonly long _from;
    private readonly long _to;
    private int _at = -1;
    private ILogFile? _file;
    private LineReader? _lines;

    public ReaderCursor(ReaderSnapshot log, long from, long to)
    {
        _log = log;
        _segments = [.. log.Segments.Where(s => s.End > from && s.First < to)];
        _from = from;
        _to = to;
    }

    /// <summary>The lines of one segment. One without an end goes on to the last whole line.</summary>
    public ReaderCursor(ReaderSnapshot log, ReaderSegment segment)
    {
        _log = log;
        _segments = [segment];
        _to = long.MaxValue;
    }

    /// <summary>The current line's index.</summary>
    public long Index => Next - 1;

    /// <summary>The index behind the current line.</summary>
    public long Next { get; private set; }

    /// <summary>The current line without its line feed, until the next move.</summary>
    public ReadOnlySpan<byte> Line => _lines!.Line;

    private ReaderSegment Segment => _segments[_at];

    public bool MoveNext()
    {
        do
        {
            while (_lines is null || Next == Segment.End)
            {
                if (++_at >= _segments.Length)
                {
                    return false;
                }

                OpenSegment();
            }

            if (Next >= _to || !MoveInSegment())
            {
                return false;
            }
        }
        while (Index < _from);
        return true;
    }

    /// <summary>The same, but a segment that ends too early is only its end: a reader can be opened on a damaged log, to look at the rest.</summary>
    public bool TryMoveNext()
    {
        try
        {
            return MoveNext();
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The current line as a record of its own, checked as far as a line can be checked alone.</summary>
    public AuditLogEntry Entry()
    {
        string? problem = LogLine.Parse(Line, out _) ?? LogLine.ProblemWithMembers(Line);
        return problem is null
            ? new AuditLogEntry(Index, new AuditRecord(Line.ToArray()))
            : throw new InvalidDataException($"Record {Index} is damaged ({_log.Paths.Relative(_log.Paths.Segment(Segment.First))}, line {Index - Segment.First + 1}). {problem} {_log.Verify} Reading can go on from {Index + 1}.");
    }

    public void Dispose() => _file?.Dispose();

    private void OpenSegment()
    {
        string path = _log.Paths.Segment(Segment.First);
        _file?.Dispose();
        _file = null;
        try
        {
            _file = ReaderSnapshot.OpenFile(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"The segment '{path}' was removed since the log was opened to read: its records were pruned, or somebody took it away. Open the reader again.", e);
        }

        _lines = new LineReader(_file, 0, long.MaxValue);
        Next = Segment.First;
    }

    private bool MoveInSegment()
    {
        if (_lines!.MoveNext() && _lines.IsWhole)
        {
            Next++;
            return true;
        }

        return Segment.End == long.MaxValue
            ? false
            : throw new InvalidDataException($"The segment '{_log.Paths.Segment(Segment.First)}' ends behind {Next - Segment.First} lines, and has to have {Segment.End - Segment.First}. {_log.Verify}");
    }
}
