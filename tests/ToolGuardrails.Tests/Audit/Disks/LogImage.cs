using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>A log's files read and checked as docs/audit-format.md says, all but the signatures: a second opinion besides the product's verifier, and fast.</summary>
internal sealed class LogImage
{
    private const int Hash = 32;

    private readonly IReadOnlyDictionary<string, byte[]> _files;
    private readonly List<byte[]> _leaves = [];
    private readonly List<byte[]> _roots = [];
    private readonly List<string> _problems = [];
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, long> _next = new(StringComparer.Ordinal);

    public LogImage(IReadOnlyDictionary<string, byte[]> files)
    {
        _files = files;
        ReadPruned();
        ReadSegments();
        CheckTiles();
        CheckOthers();
    }

    /// <summary>What isn't as the format says.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The lines that are there, from <see cref="First"/> on.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The index of the first line that isn't pruned.</summary>
    public long First { get; private set; }

    /// <summary>How many lines the log ever had.</summary>
    public int Size => _leaves.Count;

    /// <summary>The tree's root at a size that it has or had.</summary>
    public byte[] Root(long size) => size == 0 ? SHA256.HashData([]) : _roots[(int)size - 1];

    private IEnumerable<(long First, byte[] Content)> Segments => _files
        .Where(static f => f.Key.StartsWith("var/log/segments/", StringComparison.Ordinal) && f.Key.EndsWith(".jsonl", StringComparison.Ordinal))
        .Select(static f => (long.Parse(Path.GetFileNameWithoutExtension(f.Key), CultureInfo.InvariantCulture), f.Value));

    private static string LeafTile(long first) => string.Create(CultureInfo.InvariantCulture, $"var/log/tiles/0/{first:D20}.bin");

    private void ReadPruned()
    {
        First = Segments.Select(static s => s.First).FirstOrDefault();
        while (_leaves.Count < First)
        {
            if (!_files.TryGetValue(LeafTile(_leaves.Count), out byte[]? hashes) || hashes.Length == 0)
            {
                _problems.Add($"The hashes of pruned records from {_leaves.Count} on are missing.");
                return;
            }

            foreach (byte[] hash in hashes.Chunk(Hash))
            {
                AddLeaf(hash);
            }
        }
    }

    private void ReadSegments()
    {
        foreach ((long first, byte[] content) in Segments)
        {
            Check(first == _leaves.Count, $"Segment {first} follows record {_leaves.Count}.");
            Check(content.Length == 0 || content[^1] == '\n', $"Segment {first} has a torn end.");
            int start = 0;
            for (int end; start < content.Length && (end = Array.IndexOf(content, (byte)'\n', start)) >= 0; start = end + 1)
            {
                ReadLine(content.AsSpan(start..end));
            }

            CheckLeafTile(first, first == Segments.Last().First);
        }
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        int index = _leaves.Count;
        if (LogLine.Parse(line, out LogLine frame) is { } problem)
        {
            _problems.Add($"Record {index}: {problem}");
        }
        else
        {
            string writer = Encoding.ASCII.GetString(frame.Writer);
            long expected = _next.TryGetValue(writer, out long next) ? next : _lines.Count > 0 && First == 0 ? 0 : frame.Number;
            Check(frame.Number == expected || (First > 0 && next == 0), $"Record {index}: writer {writer} goes on with {frame.Number} behind {next - 1}.");
            _next[writer] = frame.Number + 1;
            CheckEvent(line, Encoding.ASCII.GetString(frame.Kind), index);
        }

        _lines.Add(Encoding.UTF8.GetString(line));
        AddLeaf(SHA256.HashData([0, .. line]));
    }

    private void CheckEvent(ReadOnlySpan<byte> line, string kind, int index)
    {
        Check(index > 0 || kind == "log.open", $"Record 0 is a {kind}.");
        if (kind is not ("seal" or "log.open" or "log.recover"))
        {
            return;
        }

        JsonElement json = JsonElement.Parse(line);
        if (kind == "seal")
        {
            Check(CheckFits(json.GetProperty("note").GetString()!, $"The seal at {index}") == index, $"The seal at {index} has another size.");
        }
        else if (kind == "log.open")
        {
            Check(json.GetProperty("log").GetString() == LogDescriptor.DigestOf(_files.GetValueOrDefault("var/log/log.json", [])), $"The log.open at {index} is of another log.");
        }
        else
        {
            CheckQuarantine(json, index);
        }
    }

    private void CheckQuarantine(JsonElement json, int index)
    {
        string file = json.GetProperty("file").GetString()!;
        Check(
            _files.TryGetValue("var/log/" + file, out byte[]? content) && content.Length == json.GetProperty("bytes").GetInt64() && Convert.ToHexStringLower(SHA256.HashData(content)) == json.GetProperty("sha256").GetString(),
            $"Record {index} tells of '{file}', which isn't there or isn't it.");
    }

    /// <summary>Whether a checkpoint vouches for this log's history.</summary>
    public string? Misfit(AuditCheckpoint checkpoint) =>
        checkpoint.Size > Size ? $"vouches for {checkpoint.Size} records, and there are {Size}"
        : !checkpoint.RootHash.Span.SequenceEqual(Root(checkpoint.Size)) ? $"has another root at {checkpoint.Size}" : null;

    private long CheckFits(string note, string what)
    {
        AuditCheckpoint? checkpoint = AuditCheckpoint.TryRead(note, out string? problem);
        if ((checkpoint is null ? problem : Misfit(checkpoint)) is { } misfit)
        {
            _problems.Add($"{what} {misfit}.");
        }

        return checkpoint?.Size ?? -1;
    }

    private void CheckLeafTile(long first, bool isLast)
    {
        byte[] hashes = _files.GetValueOrDefault(LeafTile(first), []);
        int count = Math.Min(hashes.Length / Hash, _leaves.Count - (int)first);
        bool right = hashes.Length % Hash == 0 && hashes.Length / Hash <= _leaves.Count - first && (isLast || count == _leaves.Count - first);
        for (int i = 0; i < count; i++)
        {
            right &= hashes.AsSpan(i * Hash, Hash).SequenceEqual(_leaves[(int)first + i]);
        }

        Check(right, $"The leaf hashes of segment {first} aren't its lines' ({hashes.Length / Hash} of {_leaves.Count - first}).");
    }

    // Logs of these tests have fewer than 65,536 records.
    private void CheckTiles()
    {
        byte[] row = _files.GetValueOrDefault("var/log/tiles/1.bin", []);
        Check(row.Length == _leaves.Count / 256 * Hash, $"tiles/1.bin has {row.Length / Hash} hashes for {_leaves.Count} records.");
        for (int i = 0; (i + 1) * Hash <= row.Length && (i + 1) * 256 <= _leaves.Count; i++)
        {
            Check(row.AsSpan(i * Hash, Hash).SequenceEqual(Subtree(i * 256, 256)), $"tiles/1.bin is wrong at {i}.");
        }
    }

    private void CheckOthers()
    {
        foreach ((string path, byte[] content) in _files)
        {
            if (path == "var/log/checkpoint")
            {
                CheckFits(Encoding.UTF8.GetString(content), "The file checkpoint");
            }

            Check(!path.StartsWith("var/log/tiles/0/", StringComparison.Ordinal) || long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture) <= (Segments.Any() ? Segments.Last().First : 0), $"'{path}' belongs to no segment.");
        }
    }

    private void AddLeaf(byte[] hash)
    {
        _leaves.Add(hash);
        _roots.Add(_tree.Root(hash));
    }

    private readonly GrowingRoot _tree = new();

    private byte[] Subtree(int from, int count) => count == 1 ? _leaves[from] : SHA256.HashData([1, .. Subtree(from, count / 2), .. Subtree(from + (count / 2), count / 2)]);

    private void Check(bool holds, string problem)
    {
        if (!holds)
        {
            _problems.Add(problem);
        }
    }
}
