namespace ToolGuardrails.Audit;

/// <summary>The end of a log as it lies on the disk: its last segments, the last seal, and what has to be cut off.</summary>
internal sealed class LogEnd
{
    private readonly LogPaths _paths;
    private readonly ILogFiles _files;
    private readonly Quarantine _quarantine;
    private SegmentScan _last;

    private LogEnd(LogPaths paths, ILogFiles files, Quarantine quarantine, List<long> segments, SegmentScan last)
    {
        _paths = paths;
        _files = files;
        _quarantine = quarantine;
        _last = last;
        Segments = segments;
    }

    /// <summary>The first lines of the segments, in order; at least one.</summary>
    public List<long> Segments { get; }

    /// <summary>The last segment.</summary>
    public SegmentScan Last => _last;

    /// <summary>The segment that holds the last seal; null where there is none.</summary>
    public SegmentScan? Sealed { get; private set; }

    /// <summary>The last seal's checkpoint as it is written; null where there is none.</summary>
    public string? SealNote => Sealed?.Seal?.Text("note");

    /// <summary>The new key, where the last seal is the one that puts it in force.</summary>
    public string? RotatedTo => Sealed is { Key: { } key, Seal: { } seal } && seal.Index == key.Index + 1 ? key.Text("vkey") : null;

    /// <summary>Looks at the disk; changes nothing but that there is a segment.</summary>
    public static LogEnd Find(LogPaths paths, ILogFiles files, Quarantine quarantine, LogPosition? known)
    {
        List<long> segments = paths.SegmentsIn(files);
        if (segments.Count == 0)
        {
            segments.Add(0);
        }

        long limit = known is { } position && position.Segment == segments[^1] ? position.Acknowledged : long.MaxValue;
        var end = new LogEnd(paths, files, quarantine, segments, Scan(paths, files, segments[^1], limit));
        if (end._last is { Half: { } half, SealsBehindDamage.Count: 0 })
        {
            // A change of key or a prune without its seal is half of one, or somebody else's.
            end._last = Scan(paths, files, segments[^1], half.Offset);
        }

        end.FindSeal();
        return end;
    }

    /// <summary>Takes what isn't part of the log out of the last segments, and goes on in a new one after a failure of this process. Returns the last segment.</summary>
    public long Recover(LogPosition? known)
    {
        _quarantine.FindUntold(Last.Recoveries, Last.End);
        CutOverlap();
        KeepSurplus();
        if (known is { } position && position.Segment == Last.First)
        {
            return GoOnInNewSegment(Math.Min(position.Synced, Last.Length));
        }

        CutSurplus();
        using ILogFile file = _files.Open(_paths.Segment(Last.First));

        // What is taken up counts from here on, so it has to be there from here on. What the last seal covers is. Of the rest an earlier process's
        // sync may have failed, and then the system shows what the disk doesn't have and syncs nothing more of it, unless it is written again.
        long sure = Last.Seal?.Offset ?? 0;
        file.Write(Read(file, sure, Last.Length), sure);
        file.Sync();
        _files.SyncDirectory(_paths.Segments);
        return Last.First;
    }

    private static byte[] Read(ILogFile file, long from, long to)
    {
        byte[] bytes = new byte[to - from];
        return file.Read(bytes, from) == bytes.Length ? bytes : throw new EndOfStreamException("The audit log's last segment became shorter while it was being opened.");
    }

    private static SegmentScan Scan(LogPaths paths, ILogFiles files, long first, long limit = long.MaxValue, long until = long.MaxValue)
    {
        using ILogFile file = files.Open(paths.Segment(first));
        return SegmentScan.Read(file, first, limit, until);
    }

    private void FindSeal()
    {
        Sealed = Last.Seal is null ? null : Last;
        for (int i = Segments.Count - 2; i >= 0 && Sealed is null; i--)
        {
            SegmentScan scan = Scan(_paths, _files, Segments[i], until: Segments[i + 1]);
            Sealed = scan.Seal is null ? null : scan;
        }
    }

    private void KeepSurplus()
    {
        using ILogFile file = _files.Open(_paths.Segment(Last.First));
        if (file.Length > Last.Length)
        {
            _quarantine.Keep(file, Last.Length, Last.End);
        }
    }

    private void CutSurplus()
    {
        using ILogFile file = _files.Open(_paths.Segment(Last.First));
        if (file.Length > Last.Length)
        {
            file.SetLength(Last.Length);
            file.Sync();
        }
    }

    // After a failed sync the lines behind the last good one are written anew, in a new segment, and only then cut off here.
    private long GoOnInNewSegment(long synced)
    {
        CutSurplus();
        (long first, byte[] unsure) = UnsureLines(synced);
        NewSegment.Create(_files, _paths, first, unsure).Dispose();
        if (first != Last.First)
        {
            using ILogFile old = _files.Open(_paths.Segment(Last.First));
            old.SetLength(synced);
            old.Sync(); // Else a power cut brings the cut lines back, behind which more segments may lie by then.
            Segments.Add(first);
        }

        _last = Scan(_paths, _files, first);
        FindSeal();
        return first;
    }

    private (long First, byte[] Lines) UnsureLines(long synced)
    {
        using ILogFile file = _files.Open(_paths.Segment(Last.First));
        long first = Last.First;
        for (var lines = new LineReader(file, 0, synced); lines.MoveNext();)
        {
            first++;
        }

        return (first, Read(file, synced, Last.Length));
    }

    // Left by a crash between the two steps above: the segment before the last one goes on beyond the last one's beginning.
    private void CutOverlap()
    {
        if (Segments.Count < 2)
        {
            return;
        }

        long first = Segments[^2];
        using ILogFile file = _files.Open(_paths.Segment(first));
        long index = first;
        var lines = new LineReader(file, 0, long.MaxValue);
        while (index < Last.First && lines.MoveNext())
        {
            index++;
        }

        if (index < Last.First)
        {
            throw new InvalidDataException($"The audit log's segment '{_paths.Segment(first)}' ends at record {index}, and the next one begins at {Last.First}: records are missing. The log isn't appended to; run 'guardrails verify'.");
        }

        long surplus = file.Length - lines.NextOffset;
        if (surplus == 0)
        {
            return;
        }

        // The crash leaves the same lines in both, and no others.
        using ILogFile next = _files.Open(_paths.Segment(Last.First));
        if (surplus > next.Length || !Read(file, lines.NextOffset, file.Length).AsSpan().SequenceEqual(Read(next, 0, surplus)))
        {
            throw new InvalidDataException($"The audit log's segment '{_paths.Segment(first)}' goes on behind the beginning of the next one, '{_paths.Segment(Last.First)}', with other lines: one of them was put there. Nothing is cut off and nothing appended; run 'guardrails verify'.");
        }

        file.SetLength(lines.NextOffset);
        file.Sync();
    }
}
