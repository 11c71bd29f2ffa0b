using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>Finds the keys that a log says it was signed with.</summary>
internal static class ReaderKeys
{
    public static IReadOnlyList<string> Of(ReaderSnapshot log)
    {
        var keys = new List<string>(log.Descriptor.VerifierKeys);
        using ReaderCursor lines = log.Lines();
        while (lines.MoveNext())
        {
            if (LogLine.Parse(lines.Line, out LogLine frame) is null && (frame.Kind.SequenceEqual("key"u8) || frame.Kind.SequenceEqual("prune"u8)))
            {
                Add(keys, lines.Entry().Record);
            }
        }

        return keys;
    }

    // A prune line comes behind the changes that it lists, but those lines may be gone.
    private static void Add(List<string> keys, AuditRecord record)
    {
        JsonElement line = record.ToJson();
        IEnumerable<JsonElement> changes = line.TryGetProperty("rotations", out JsonElement rotations) && rotations.ValueKind == JsonValueKind.Array ? rotations.EnumerateArray() : [line];
        foreach (JsonElement change in changes)
        {
            if (change.ValueKind == JsonValueKind.Object && change.TryGetProperty("vkey", out JsonElement key) && key.ValueKind == JsonValueKind.String && !keys.Contains(key.GetString()!))
            {
                keys.Add(key.GetString()!);
            }
        }
    }
}
