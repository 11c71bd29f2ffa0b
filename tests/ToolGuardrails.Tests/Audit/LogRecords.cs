namespace ToolGuardrails.Tests.Audit;

/// <summary>What a pipeline recorded in a log's directory, without the log's own events.</summary>
internal static class LogRecords
{
    public static IReadOnlyList<AuditRecord> Read(string directory)
    {
        IEnumerable<string> segments = Directory.EnumerateFiles(Path.Combine(directory, "segments"), "*.jsonl").Order(StringComparer.Ordinal);
        return [.. segments.SelectMany(static s => AuditLines.Read(s).Whole).Where(static r => r.Kind != AuditRecordKind.Log)];
    }
}
