using System.Text.Json;

namespace SupportDesk;

/// <summary>Says what was recorded and where, and checks it against the calls.</summary>
internal static class AuditSummary
{
    public static void Write(TextWriter output, Workspace workspace, string? policyDigest, CallTable table, DeskCheck check)
    {
        string[] lines = ReadLines(workspace.AuditFile, workspace.AuditStart);
        (string Line, string Kind, string? Call)[] records = [.. lines.Select(Read)];
        foreach (CallRow row in table.Rows)
        {
            check.Holds($"'{row.Use.Id}' has one decision record", Count(records, "decision", row) == 1);
            check.Holds($"'{row.Use.Id}' has one outcome record if it ran", Count(records, "outcome", row) == (row.Executed ? 1 : 0));
        }

        output.WriteLine();
        output.WriteLine($"Calls:    {table.Rows.Count}, of which {table.Rows.Count(static r => r.Executed)} ran");
        output.WriteLine($"Records:  {lines.Length} ({string.Join(", ", records.CountBy(static r => r.Kind).Select(static k => $"{k.Value} {k.Key}"))})");
        output.WriteLine($"Policy:   {policyDigest}");
        output.WriteLine($"File:     {workspace.AuditFile}");
        output.WriteLine();
        string call = table["toolu_small"].Decision.CallId;
        output.WriteLine($"The first refund, as the file has it (call {call}):");
        foreach ((string line, _, _) in records.Where(r => r.Call == call))
        {
            output.WriteLine(line);
        }

        output.WriteLine();
        output.WriteLine(check.ExitCode == 0 ? "The database and the records agree with the decisions." : "Something ran, or is missing, that should not: see above.");
    }

    private static int Count((string Line, string Kind, string? Call)[] records, string kind, CallRow row) =>
        records.Count(r => r.Kind == kind && r.Call == row.Decision.CallId);

    private static (string Line, string Kind, string? Call) Read(string line)
    {
        JsonElement record = JsonElement.Parse(line);
        return (line, record.GetProperty("ev").GetString()!, record.TryGetProperty("call", out JsonElement call) ? call.GetString() : null);
    }

    // A folder that is used again holds the records of earlier runs too.
    private static string[] ReadLines(string file, long start)
    {
        using FileStream stream = File.OpenRead(file);
        stream.Position = start;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
