using System.Globalization;

namespace ToolGuardrails.Audit;

/// <summary>Where the files of a log lie in its directory (docs/audit-format.md).</summary>
internal sealed class LogPaths(string directory)
{
    private const int Digits = 20;

    public string Directory { get; } = Path.GetFullPath(directory);

    public string Descriptor => Path.Combine(Directory, "log.json");

    public string Lock => Path.Combine(Directory, "lock");

    public string Checkpoint => Path.Combine(Directory, "checkpoint");

    public string Segments => Path.Combine(Directory, "segments");

    public string Tiles => Path.Combine(Directory, "tiles");

    public string LeafTiles => Path.Combine(Tiles, "0");

    public static string Number(long index) => index.ToString("D20", CultureInfo.InvariantCulture);

    public static string QuarantineName(long index, ReadOnlySpan<byte> sha256) => $"quarantine-{Number(index)}-{Convert.ToHexStringLower(sha256[..8])}.bin";

    /// <summary>Reads a segment's name back.</summary>
    public static bool TryParseSegment(string fileName, out long first) => TryParseFirst(fileName, ".jsonl", out first);

    /// <summary>Reads the name of a segment's leaf hashes back.</summary>
    public static bool TryParseLeafTile(string fileName, out long first) => TryParseFirst(fileName, ".bin", out first);

    /// <summary>The first lines of the segments that are there, in order.</summary>
    public List<long> SegmentsIn(ILogFiles files) => [.. files.List(Segments).Select(static n => TryParseSegment(n, out long first) ? first : -1).Where(static f => f >= 0)];

    private static bool TryParseFirst(string fileName, string ending, out long first)
    {
        first = -1;
        return fileName.Length == Digits + ending.Length && fileName.EndsWith(ending, StringComparison.Ordinal)
            && long.TryParse(fileName.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out first);
    }

    public string Segment(long first) => Path.Combine(Segments, Number(first) + ".jsonl");

    public string LeafTile(long first) => Path.Combine(LeafTiles, Number(first) + ".bin");

    /// <summary>The hashes of complete subtrees of <c>256^row</c> leaves, for a row from 1.</summary>
    public string Row(int row) => Path.Combine(Tiles, row.ToString(CultureInfo.InvariantCulture) + ".bin");

    /// <summary>A path as a person reads it: from the log's directory on, with slashes.</summary>
    public string Relative(string path) => Path.GetRelativePath(Directory, path).Replace('\\', '/');
}
