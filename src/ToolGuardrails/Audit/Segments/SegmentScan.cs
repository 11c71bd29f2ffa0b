namespace ToolGuardrails.Audit;

/// <summary>What opening a log needs to know of a segment: how far its lines are whole, and the events among them that matter then. Hashes nothing.</summary>
internal sealed class SegmentScan
{
    private readonly List<string> _recoveries = [];
    private readonly List<FoundLine> _behind = [];
    private byte[] _lastLine = [];
    private long _lastOffset;
    private long _closed = -1;

    private SegmentScan(long first) => First = first;

    /// <summary>The index of the segment's first line.</summary>
    public long First { get; }

    /// <summary>How many lines are good before the first that isn't.</summary>
    public long Count { get; private set; }

    /// <summary>The index behind the last good line.</summary>
    public long End => First + Count;

    /// <summary>How many bytes the good lines have.</summary>
    public long Length { get; private set; }

    /// <summary>What is wrong with the first line that isn't good; null where all are.</summary>
    public string? Problem { get; private set; }

    /// <summary>The last seal among the good lines.</summary>
    public FoundLine? Seal { get; private set; }

    /// <summary>The seals behind the first bad line: what shows that it isn't a torn end. All of them, since somebody may have put a false one behind the others.</summary>
    public IReadOnlyList<FoundLine> SealsBehindDamage => _behind;

    /// <summary>The first change of key or prune that no seal follows: only its own writer could have finished it.</summary>
    public FoundLine? Half { get; private set; }

    /// <summary>The last change of key among the good lines.</summary>
    public FoundLine? Key { get; private set; }

    /// <summary>The last prune among the good lines.</summary>
    public FoundLine? Prune { get; private set; }

    /// <summary>When the first line was made.</summary>
    public DateTimeOffset? FirstTime { get; private set; }

    /// <summary>When the last good line was made.</summary>
    public DateTimeOffset? LastTime => _lastLine.Length > 0 && LogLine.Parse(_lastLine, out LogLine last) is null ? last.TimeValue : null;

    /// <summary>Whether the last writer ended in order: its last lines are <c>log.close</c> and the seal over it.</summary>
    public bool EndsClosed => Problem is null && Seal is { } seal && seal.Index == End - 1 && _closed == End - 2;

    /// <summary>The quarantine files that its <c>log.recover</c> lines name.</summary>
    public IReadOnlyList<string> Recoveries => _recoveries;

    /// <summary>Looks at a segment.</summary>
    /// <param name="file">The segment.</param>
    /// <param name="first">Its first line's index.</param>
    /// <param name="limit">How many bytes of it count.</param>
    /// <param name="until">The index before which its lines end: the next segment's first.</param>
    public static SegmentScan Read(ILogFile file, long first, long limit = long.MaxValue, long until = long.MaxValue)
    {
        var scan = new SegmentScan(first);
        var lines = new LineReader(file, 0, limit);
        while (scan.End < until && lines.MoveNext())
        {
            scan.Take(lines);
        }

        var last = new LineReader(file, scan._lastOffset, scan.Length);
        scan._lastLine = last.MoveNext() ? last.Line.ToArray() : [];
        return scan;
    }

    private void Take(LineReader lines)
    {
        string? problem = LogLine.Parse(lines.Line, out LogLine frame);
        problem ??= lines.IsWhole ? null : "The line has no line feed; it is torn.";
        Problem ??= problem;
        if (problem is not null)
        {
            return;
        }

        if (Problem is not null)
        {
            if (frame.Kind.SequenceEqual("seal"u8))
            {
                _behind.Add(Found(lines));
            }

            return;
        }

        TakeGood(lines, frame);
        Count++;
        _lastOffset = lines.Offset;
        Length = lines.NextOffset;
    }

    private void TakeGood(LineReader lines, LogLine frame)
    {
        FirstTime ??= frame.TimeValue;
        if (frame.Kind.SequenceEqual("seal"u8))
        {
            Seal = Found(lines);
            Half = null;
        }
        else if (frame.Kind.SequenceEqual("key"u8))
        {
            Key = Found(lines);
            Half ??= Key;
        }
        else if (frame.Kind.SequenceEqual("prune"u8))
        {
            Prune = Found(lines);
            Half ??= Prune;
        }
        else if (frame.Kind.SequenceEqual("log.close"u8))
        {
            _closed = End;
        }
        else if (frame.Kind.SequenceEqual("log.recover"u8))
        {
            _recoveries.Add(Found(lines).Text("file"));
        }
    }

    private FoundLine Found(LineReader lines) => new(First + Count, lines.Offset, lines.Line.ToArray());
}
