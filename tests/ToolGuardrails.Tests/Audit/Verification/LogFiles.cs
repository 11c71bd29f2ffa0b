using System.Buffers;
using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>A log's files in memory, to be spoiled and then verified on a disk.</summary>
internal sealed class LogFiles : SortedDictionary<string, byte[]>
{
    public LogFiles()
        : base(StringComparer.Ordinal)
    {
    }

    public static string Segment(long first) => $"segments/{first:D20}.jsonl";

    public static string Tile(long first) => $"tiles/0/{first:D20}.bin";

    /// <summary>The lines of a segment, each with its line feed.</summary>
    public List<byte[]> Lines(long segment = 0)
    {
        var lines = new List<byte[]>();
        byte[] bytes = this[Segment(segment)];
        for (int at = 0; at < bytes.Length;)
        {
            int end = Array.IndexOf(bytes, (byte)'\n', at);
            end = end < 0 ? bytes.Length : end + 1;
            lines.Add(bytes[at..end]);
            at = end;
        }

        return lines;
    }

    public LogFiles WithLines(IEnumerable<byte[]> lines, long segment = 0)
    {
        this[Segment(segment)] = [.. lines.SelectMany(static l => l)];
        return this;
    }

    /// <summary>Makes the leaf hashes fit the lines, as somebody who rewrites the directory would.</summary>
    public LogFiles WithTile(long segment = 0)
    {
        using var hasher = new MerkleTreeHasher();
        this[Tile(segment)] = [.. Lines(segment).SelectMany(l =>
        {
            byte[] hash = new byte[32];
            hasher.Leaf(l.AsSpan(0, l.Length - 1), hash);
            return hash;
        })];
        return this;
    }

    public LogFiles Without(params string[] names)
    {
        foreach (string name in names)
        {
            Assert.True(Remove(name), name);
        }

        return this;
    }

    public LogFiles Copy()
    {
        var copy = new LogFiles();
        foreach ((string name, byte[] bytes) in this)
        {
            copy[name] = [.. bytes];
        }

        return copy;
    }

    /// <summary>Changes a line's text and makes its CRC fit.</summary>
    public static byte[] Edit(byte[] line, string old, string now)
    {
        string text = Encoding.UTF8.GetString(line);
        Assert.Contains(old, text, StringComparison.Ordinal);
        text = text.Replace(old, now, StringComparison.Ordinal);
        byte[] front = Encoding.UTF8.GetBytes(text[..text.LastIndexOf(",\"crc\":", StringComparison.Ordinal)]);
        return [.. front, .. Encoding.UTF8.GetBytes($",\"crc\":\"{LineStamp.Crc32C(front):x8}\"}}\n")];
    }

    public void WriteTo(string directory)
    {
        foreach ((string name, byte[] bytes) in this)
        {
            string path = Path.Combine(directory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
    }

    public async Task<AuditLogReport> VerifyAsync(Action<AuditLogVerification>? configure = null)
    {
        using var folder = new TemporaryFolder();
        WriteTo(folder.Path);
        var options = new AuditLogVerification();
        configure?.Invoke(options);
        return await AuditLogVerifier.VerifyAsync(folder.Path, options);
    }

    public async Task<AuditLogReport> IntactAsync(Action<AuditLogVerification>? configure = null)
    {
        AuditLogReport report = await VerifyAsync(configure);
        Assert.True(report.IsIntact, report.ToText());
        return report;
    }

    /// <summary>Verifies, and expects one kind of damage and no other.</summary>
    public async Task<AuditLogDamage> DamagedAsync(AuditLogDamageKind kind, Action<AuditLogVerification>? configure = null)
    {
        AuditLogReport report = await VerifyAsync(configure);
        AuditLogDamage found = Assert.Single(report.Damage);
        Assert.True(kind == found.Kind, report.ToText());
        return found;
    }

    /// <summary>Verifies, and expects a kind of damage among others.</summary>
    public async Task<AuditLogReport> DamagedAmongAsync(AuditLogDamageKind kind, Action<AuditLogVerification>? configure = null)
    {
        AuditLogReport report = await VerifyAsync(configure);
        Assert.True(report.Damage.Any(d => d.Kind == kind), report.ToText());
        return report;
    }
}
