using System.Globalization;
using System.Text;

namespace ToolGuardrails.Tests.Audit;

/// <summary>Reads an audit file as somebody would who has only its documentation.</summary>
internal static class AuditLines
{
    /// <summary>The whole lines whose checksum is right, and what else there is: torn ones.</summary>
    public static (IReadOnlyList<AuditRecord> Whole, IReadOnlyList<string> Torn) Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: false));
        string[] lines = reader.ReadToEnd().Split('\n');
        ILookup<bool, string> sorted = lines.Where(static l => l.Length > 0).ToLookup(IsWhole);
        return ([.. sorted[true].Select(static l => new AuditRecord(Encoding.UTF8.GetBytes(l)))], [.. sorted[false]]);
    }

    /// <summary>Fails unless the numbers of each writer run from 0 without a gap.</summary>
    public static void AssertGapFree(IEnumerable<AuditRecord> records)
    {
        foreach (IGrouping<string?, long> writer in records.GroupBy(static r => r.GetString("w"), static r => r.ToJson().GetProperty("n").GetInt64()))
        {
            Assert.Equal(Enumerable.Range(0, writer.Count()).Select(static i => (long)i), writer);
        }
    }

    /// <summary>CRC-32C by its definition, bit by bit: reflected polynomial 82F63B78.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }

        return ~crc;
    }

    private static bool IsWhole(string line)
    {
        int at = line.LastIndexOf(",\"crc\":\"", StringComparison.Ordinal);
        return at > 0 && line.Length == at + 18 && line.EndsWith("\"}", StringComparison.Ordinal)
            && line.AsSpan(at + 8, 8).SequenceEqual(Crc32C(Encoding.UTF8.GetBytes(line[..at])).ToString("x8", CultureInfo.InvariantCulture));
    }
}
