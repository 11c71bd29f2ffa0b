using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>Removes whole segments whose time is over. Their hashes stay, so the tree and every proof do.</summary>
internal sealed class LogPruning(LogPaths paths, ILogFiles files, AuditLogOptions options)
{
    /// <summary>Says what is to be removed; null where nothing is.</summary>
    /// <param name="active">The last segment's first line; it stays.</param>
    public LogPrune? Plan(long active)
    {
        if (options.Retention is not { } retention)
        {
            return null;
        }

        List<long> segments = Segments();
        DateTimeOffset before = options.TimeProvider.GetUtcNow() - retention;
        long to = segments[0];
        for (int i = 1; i < segments.Count && segments[i] <= active && Began(segments[i]) <= before; i++)
        {
            to = segments[i];
        }

        string? reason = retention < TimeSpan.FromDays(AuditLogOptions.RetentionFloorDays) ? options.RetentionOverride : null;
        return to == segments[0] ? null : new LogPrune(segments[0], to, (long)retention.TotalDays, reason, Rotations(segments, to));
    }

    /// <summary>Removes the segments below a line. A seal covers the line that says so.</summary>
    public void Remove(long to)
    {
        List<long> segments = Segments();
        for (int i = 0; i + 1 < segments.Count && segments[i + 1] <= to; i++)
        {
            files.Delete(paths.Segment(segments[i]));
        }

        files.SyncDirectory(paths.Segments);
    }

    /// <summary>Removes what a prune that was interrupted left behind.</summary>
    public void Finish(LogEnd end)
    {
        if (end.Last.Prune is { } prune && end.Last.Seal is { } seal && prune.Index < seal.Index)
        {
            Remove(JsonElement.Parse(prune.Line).GetProperty("to").GetInt64());
        }
    }

    /// <summary>The first line that is still there.</summary>
    public long First() => Segments() is [long first, ..] ? first : 0;

    private List<long> Segments() => [.. files.List(paths.Segments).Select(static n => LogPaths.TryParseSegment(n, out long first) ? first : -1).Where(static f => f >= 0)];

    // A segment's first line is younger than all that came before it. One that can't be read keeps everything.
    private DateTimeOffset Began(long segment)
    {
        using ILogFile file = files.Open(paths.Segment(segment));
        var lines = new LineReader(file, 0, long.MaxValue);
        return lines.MoveNext() && LogLine.Parse(lines.Line, out LogLine line) is null ? line.TimeValue : DateTimeOffset.MaxValue;
    }

    // Every change of key below the line has to be told again, since its own line goes; those of earlier prunes too.
    private List<LogKeyRotation> Rotations(List<long> segments, long to)
    {
        var rotations = new SortedDictionary<long, LogKeyRotation>();
        foreach (long segment in segments)
        {
            using ILogFile file = files.Open(paths.Segment(segment));
            FoundLine? key = null;
            long index = segment;
            for (var lines = new LineReader(file, 0, long.MaxValue); lines.MoveNext(); index++)
            {
                if (LogLine.Parse(lines.Line, out LogLine line) is not null)
                {
                    break; // What is damaged here is for the verifier to tell.
                }

                if (key is not null)
                {
                    rotations[key.Index] = new LogKeyRotation(key.Index, key.Text("vkey"), key.Text("replaces"), new AuditRecord(lines.Line.ToArray()).GetString("note") ?? "");
                    key = null;
                }
                else if (line.Kind.SequenceEqual("key"u8))
                {
                    key = new FoundLine(index, lines.Offset, lines.Line.ToArray());
                }
                else if (line.Kind.SequenceEqual("prune"u8))
                {
                    AddEarlier(lines.Line, rotations);
                }
            }
        }

        return [.. rotations.Values.Where(r => r.Index < to)];
    }

    private static void AddEarlier(ReadOnlySpan<byte> prune, SortedDictionary<long, LogKeyRotation> rotations)
    {
        if (!JsonElement.Parse(prune).TryGetProperty("rotations", out JsonElement earlier))
        {
            return;
        }

        foreach (JsonElement rotation in earlier.EnumerateArray())
        {
            long index = rotation.GetProperty("index").GetInt64();
            rotations[index] = new LogKeyRotation(index, rotation.GetProperty("vkey").GetString()!, rotation.GetProperty("replaces").GetString()!, rotation.GetProperty("note").GetString()!);
        }
    }
}
