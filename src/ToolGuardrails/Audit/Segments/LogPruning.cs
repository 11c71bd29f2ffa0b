using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Audit;

/// <summary>Removes whole segments whose time is over. Their hashes stay, so the tree and every proof do.</summary>
internal sealed class LogPruning(LogPaths paths, ILogFiles files, AuditLogOptions options, ILogger logger)
{
    /// <summary>Says what is to be removed; null where nothing is.</summary>
    /// <param name="log">The open log. Its last segment stays, and isn't opened a second time.</param>
    public LogPrune? Plan(LogAppender log)
    {
        if (options.Retention is not { } retention)
        {
            return null;
        }

        List<long> segments = paths.SegmentsIn(files);
        DateTimeOffset before = options.TimeProvider.GetUtcNow() - retention;
        long to = segments[0];
        for (int i = 1; i < segments.Count && (segments[i] == log.SegmentFirst ? log.SegmentBegan : Began(segments[i])) <= before && AreHashesKept(segments[i - 1], segments[i]); i++)
        {
            to = segments[i];
        }

        string? reason = retention < TimeSpan.FromDays(AuditLogOptions.RetentionFloorDays) ? options.RetentionOverride : null;
        return to == segments[0] ? null : new LogPrune(segments[0], to, (long)retention.TotalDays, reason, Rotations(segments.Where(s => s != log.SegmentFirst), log.PrunedRotations, to));
    }

    /// <summary>Removes the segments below a line. A seal covers the line that says so. What can't be removed now is when the log is opened next.</summary>
    public void Remove(long to)
    {
        try
        {
            List<long> segments = paths.SegmentsIn(files);
            for (int i = 0; i + 1 < segments.Count && segments[i + 1] <= to; i++)
            {
                files.Delete(paths.Segment(segments[i]));
            }

            files.SyncDirectory(paths.Segments);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.LogUpkeepFailed(logger, paths.Directory, e);
        }
    }

    /// <summary>Removes what a prune that was interrupted left behind.</summary>
    public void Finish(LogEnd end)
    {
        if (end.Last.Prune is { } prune && end.Last.Seal is { } seal && prune.Index < seal.Index && end.Last.Half is null)
        {
            long to = JsonElement.Parse(prune.Line).GetProperty("to").GetInt64();
            Remove(to);
            List<long> left = paths.SegmentsIn(files);
            end.Segments.RemoveAll(s => s < to && !left.Contains(s));
        }
    }

    /// <summary>The changes of key that a prune line tells again.</summary>
    public static IReadOnlyList<LogKeyRotation> RotationsOf(ReadOnlySpan<byte> prune) => JsonElement.Parse(prune).TryGetProperty("rotations", out JsonElement earlier)
        ? [.. earlier.EnumerateArray().Select(static r => new LogKeyRotation(r.GetProperty("index").GetInt64(), r.GetProperty("line").GetString()!, r.GetProperty("vkey").GetString()!, r.GetProperty("replaces").GetString()!, r.GetProperty("note").GetString()!))]
        : [];

    // A segment's first line is younger than all that came before it. One that can't be read keeps everything.
    private DateTimeOffset Began(long segment)
    {
        using ILogFile file = files.Open(paths.Segment(segment));
        var lines = new LineReader(file, 0, long.MaxValue);
        return lines.MoveNext() && LogLine.Parse(lines.Line, out LogLine line) is null ? line.TimeValue : DateTimeOffset.MaxValue;
    }

    // The hashes are all that stays, and while the lines are there they can still be made anew.
    private bool AreHashesKept(long segment, long next)
    {
        using ILogFile file = files.Open(paths.Segment(segment));
        using ILogFile tile = files.Open(paths.LeafTile(segment));
        using var hasher = new MerkleTreeHasher();
        byte[] stored = new byte[tile.Length];
        stored = stored[..tile.Read(stored, 0)];
        Span<byte> leaf = stackalloc byte[MerkleTreeHasher.HashSize];
        int at = 0;
        for (var lines = new LineReader(file, 0, long.MaxValue); lines.MoveNext(); at += leaf.Length)
        {
            hasher.Leaf(lines.Line, leaf);
            if (at + leaf.Length > stored.Length || !stored.AsSpan(at, leaf.Length).SequenceEqual(leaf))
            {
                break;
            }
        }

        bool areKept = at == stored.Length && at == (next - segment) * leaf.Length;
        if (!areKept)
        {
            Log.LogUpkeepFailed(logger, paths.Directory, new InvalidDataException($"The stored hashes of segment {segment} don't fit its records, so it isn't removed. Run 'guardrails verify'."));
        }

        return areKept;
    }

    // Every change of key below the line has to be told again, since its own line goes; those of earlier prunes too.
    private List<LogKeyRotation> Rotations(IEnumerable<long> segments, IReadOnlyList<LogKeyRotation> known, long to)
    {
        var rotations = new SortedDictionary<long, LogKeyRotation>(known.ToDictionary(static r => r.Index));
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
                    rotations[key.Index] = new LogKeyRotation(key.Index, Encoding.UTF8.GetString(key.Line), key.Text("vkey"), key.Text("replaces"), new AuditRecord(lines.Line.ToArray()).GetString("note") ?? "");
                    key = null;
                }
                else if (line.Kind.SequenceEqual("key"u8))
                {
                    key = new FoundLine(index, lines.Offset, lines.Line.ToArray());
                }
                else if (line.Kind.SequenceEqual("prune"u8))
                {
                    foreach (LogKeyRotation earlier in RotationsOf(lines.Line))
                    {
                        rotations[earlier.Index] = earlier;
                    }
                }
            }
        }

        return [.. rotations.Values.Where(r => r.Index < to)];
    }
}
