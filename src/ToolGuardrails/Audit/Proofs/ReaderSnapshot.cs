using System.Globalization;

namespace ToolGuardrails.Audit;

/// <summary>What a log's directory held at one moment: its segments, how many whole lines the last one had, and the newest seal.</summary>
internal sealed class ReaderSnapshot
{
    private ReaderSnapshot(LogPaths paths, LogDescriptor descriptor, ReaderSegment[] segments)
    {
        Paths = paths;
        Descriptor = descriptor;
        Segments = segments;
    }

    public LogPaths Paths { get; }

    public LogDescriptor Descriptor { get; }

    public ReaderSegment[] Segments { get; }

    public long First => Segments.Length > 0 ? Segments[0].First : 0;

    public long Count => Segments.Length > 0 ? Segments[^1].End : 0;

    public AuditCheckpoint? Seal { get; private set; }

    /// <summary>What to do about damage, as a sentence's end.</summary>
    public string Verify => $"Run 'guardrails verify {Paths.Directory}' to see what is damaged.";

    public static ReaderSnapshot Open(string directory)
    {
        var paths = new LogPaths(directory);
        LogDescriptor descriptor = ReadDescriptor(paths);
        long[] firsts = Firsts(paths.Segments, ".jsonl");
        var segments = new ReaderSegment[firsts.Length];
        for (int i = 0; i < firsts.Length; i++)
        {
            segments[i] = new ReaderSegment(firsts[i], i + 1 < firsts.Length ? firsts[i + 1] : long.MaxValue);
        }

        var log = new ReaderSnapshot(paths, descriptor, segments);
        log.FindEnd();
        return log;
    }

    /// <summary>Opens a file of the log to read it, whatever the writer does with it meanwhile.</summary>
    public static ILogFile OpenFile(string path) =>
        new DiskFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), path);

    /// <summary>The numbers that files of a directory are named by, in order; none where it isn't there.</summary>
    public static long[] Firsts(string directory, string ending)
    {
        var firsts = new List<long>();
        foreach (string path in Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*" + ending) : [])
        {
            if (LogPaths.TryParseSegment(Path.GetFileNameWithoutExtension(path) + ".jsonl", out long first))
            {
                firsts.Add(first);
            }
        }

        firsts.Sort();
        return [.. firsts];
    }

    /// <summary>Refuses an index that isn't among the lines.</summary>
    public void Require(long index)
    {
        if (index < First || index >= Count)
        {
            string why = index >= 0 && index < First ? "was pruned" : "isn't there";
            throw new ArgumentOutOfRangeException(nameof(index), index, string.Create(CultureInfo.InvariantCulture, $"Record {index} {why}; the log in '{Paths.Directory}' holds the records from {First} up to, and without, {Count}."));
        }
    }

    /// <summary>The newest seal's checkpoint, if it covers so many lines.</summary>
    public AuditCheckpoint RequireSeal(long lines, string what) =>
        Seal is { } seal && seal.Size >= lines
            ? seal
            : throw new InvalidOperationException($"{what} not sealed yet, so there is no checkpoint to prove anything with. Seal the log with AuditLog.SealAsync, or close it, and open the reader again.");

    public ReaderCursor Lines(long from = 0, long to = long.MaxValue) => new(this, from, to);

    private static LogDescriptor ReadDescriptor(LogPaths paths)
    {
        if (!File.Exists(paths.Descriptor))
        {
            throw new FileNotFoundException($"There is no audit log in '{paths.Directory}': it has no file log.json. Give the directory that AddAuditLog was given.", paths.Descriptor);
        }

        using ILogFile file = OpenFile(paths.Descriptor);
        byte[] bytes = new byte[Math.Min(file.Length, LogLine.MostBytes)];
        int read = file.Read(bytes, 0);
        return LogDescriptor.TryParse(bytes.AsSpan(0, read), out LogDescriptor? descriptor, out string? problem)
            ? descriptor
            : throw new InvalidDataException($"The file '{paths.Descriptor}' can't be used. {problem} Restore it from a backup: every log.open line names its digest.");
    }

    // Only the last segment's end has to be counted; a seal is near the end, unless the last segment has just begun.
    private void FindEnd()
    {
        for (int i = Segments.Length - 1; i >= 0 && Seal is null; i--)
        {
            using var lines = new ReaderCursor(this, Segments[i]);
            while (lines.TryMoveNext())
            {
                Seal = SealIn(lines.Line, lines.Index) ?? Seal;
            }

            if (Segments[i].End == long.MaxValue)
            {
                Segments[i] = Segments[i] with { End = lines.Next };
            }
        }
    }

    private AuditCheckpoint? SealIn(ReadOnlySpan<byte> line, long index)
    {
        if (LogLine.Parse(line, out LogLine frame) is not null || !frame.Kind.SequenceEqual("seal"u8) || LogLine.ProblemWithMembers(line) is not null)
        {
            return null;
        }

        string? note = new AuditRecord(line.ToArray()).GetString("note");
        AuditCheckpoint? seal = note is null ? null : AuditCheckpoint.TryRead(note, out _);
        return seal is not null && seal.Size == index && string.Equals(seal.Origin, Descriptor.Origin, StringComparison.Ordinal) ? seal : null;
    }
}
