using System.Text.Json;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>Vectors that others published, a JSON object on each line.</summary>
internal static class Corpus
{
    public static IEnumerable<JsonElement> Rows(string file)
    {
        foreach (string line in File.ReadLines(Path.Combine(Repository.Shared!, file)))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    public static string Text(this JsonElement row, string name) => row.GetProperty(name).GetString()!;

    public static byte[] Bytes(this JsonElement row, string name) => Convert.FromBase64String(row.Text(name));

    /// <summary>A number of the vectors, of which some are 64 bits long: those come out negative.</summary>
    public static long Number(this JsonElement row, string name) => unchecked((long)row.GetProperty(name).GetUInt64());

    public static byte[][] Hashes(this JsonElement row, string name)
    {
        JsonElement hashes = row.GetProperty(name);
        return hashes.ValueKind == JsonValueKind.Null ? [] : [.. hashes.EnumerateArray().Select(static h => Convert.FromBase64String(h.GetString()!))];
    }

    public static bool? Flag(this JsonElement row, string name) => row.GetProperty(name) is { ValueKind: not JsonValueKind.Null } flag ? flag.GetBoolean() : null;
}
