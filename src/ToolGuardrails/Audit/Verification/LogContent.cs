namespace ToolGuardrails.Audit;

/// <summary>Which files lie in a log's directory.</summary>
internal sealed class LogContent
{
    private const int QuarantineCharacters = 52;

    private LogContent(IReadOnlyList<long> segments, IReadOnlyList<long> tiles, IReadOnlyList<string> quarantine, IReadOnlyList<string> others)
    {
        Segments = segments;
        Tiles = tiles;
        Quarantine = quarantine;
        Others = others;
    }

    /// <summary>The first index of each segment, in order.</summary>
    public IReadOnlyList<long> Segments { get; }

    /// <summary>The first index of each file of leaf hashes, in order.</summary>
    public IReadOnlyList<long> Tiles { get; }

    /// <summary>Names of quarantine files.</summary>
    public IReadOnlyList<string> Quarantine { get; }

    /// <summary>Files that aren't part of a log, from its directory on.</summary>
    public IReadOnlyList<string> Others { get; }

    public static LogContent Of(LogPaths paths)
    {
        var segments = new List<long>();
        var tiles = new List<long>();
        var quarantine = new List<string>();
        var others = new List<string>();
        foreach (string path in Directory.EnumerateFiles(paths.Directory, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true }))
        {
            string name = Path.GetFileName(path);
            string relative = paths.Relative(path);
            if (LogPaths.TryParseSegment(name, out long first) && relative == "segments/" + name)
            {
                segments.Add(first);
            }
            else if (LogPaths.TryParseLeafTile(name, out first) && relative == "tiles/0/" + name)
            {
                tiles.Add(first);
            }
            else if (relative == name && IsQuarantine(name))
            {
                quarantine.Add(name);
            }
            else if (relative is not ("log.json" or "lock" or "checkpoint") && !IsRow(relative))
            {
                others.Add(relative);
            }
        }

        segments.Sort();
        tiles.Sort();
        others.Sort(StringComparer.Ordinal);
        return new LogContent(segments, tiles, quarantine, others);
    }

    private static bool IsQuarantine(string name) =>
        name.Length == QuarantineCharacters && name.StartsWith("quarantine-", StringComparison.Ordinal) && name.EndsWith(".bin", StringComparison.Ordinal)
        && name.AsSpan(11, 20).ContainsAnyExceptInRange('0', '9') is false && name[31] == '-' && name[32..48].All(char.IsAsciiHexDigitLower);

    private static bool IsRow(string relative) =>
        relative.Length == "tiles/1.bin".Length && relative.StartsWith("tiles/", StringComparison.Ordinal) && relative.EndsWith(".bin", StringComparison.Ordinal) && relative[6] is >= '1' and <= '7';
}
