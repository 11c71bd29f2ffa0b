using ToolGuardrails;

namespace SupportDesk;

/// <summary>Says what was recorded and where, checks it against the calls, and verifies the log.</summary>
internal static class AuditSummary
{
    public static async Task WriteAsync(TextWriter output, Workspace workspace, string? policyDigest, CallTable table, DeskCheck check)
    {
        using AuditLogReader log = AuditLogReader.Open(workspace.AuditFolder);
        AuditRecord[] records = [.. log.Read(workspace.AuditStart).Select(static e => e.Record)];
        foreach (CallRow row in table.Rows)
        {
            check.Holds($"'{row.Use.Id}' has one decision record", Count(records, AuditRecordKind.Decision, row) == 1);
            check.Holds($"'{row.Use.Id}' has one outcome record if it ran", Count(records, AuditRecordKind.Outcome, row) == (row.Executed ? 1 : 0));
        }

        foreach (AuditRecord record in records.Where(static r => r.Kind == AuditRecordKind.Outcome && r.GetString("tool") == "customers.search"))
        {
            string search = record.ToString();
            check.Holds("of a customer neither birthday nor card passed, and the log hides the mail address", !search.Contains("4000 ", StringComparison.Ordinal) && !search.Contains("@customer", StringComparison.Ordinal));
            check.Holds("of three customers six fields were dropped", record.GetString("tool_use") != "toolu_search" || search.Contains("\"dropped\":6", StringComparison.Ordinal));
        }

        output.WriteLine();
        output.WriteLine($"Calls:    {table.Rows.Count}, of which {table.Rows.Count(static r => r.Executed)} ran");
        output.WriteLine($"Records:  {records.Length} ({string.Join(", ", records.CountBy(static r => r.GetString("ev")!).Select(static k => $"{k.Value} {k.Key}"))})");
        output.WriteLine($"Policy:   {policyDigest}");
        output.WriteLine();
        if (table.Rows.FirstOrDefault(static r => r.Executed && r.Use.Name == "refunds.create")?.Decision.CallId is { } call)
        {
            output.WriteLine($"The first refund, as the log has it (call {call}):");
            foreach (AuditRecord record in records.Where(r => r.CallId == call))
            {
                output.WriteLine(record);
            }

            output.WriteLine();
        }

        await VerifyAsync(output, workspace, log.Origin, check);
        output.WriteLine();
        output.WriteLine(check.ExitCode == 0 ? "The database and the records agree with the decisions." : "Something ran, or is missing, that should not: see above.");
    }

    private static int Count(AuditRecord[] records, AuditRecordKind kind, CallRow row) =>
        records.Count(r => r.Kind == kind && r.CallId == row.Decision.CallId);

    // The key comes from its own folder: one that the log itself names would vouch for nothing.
    private static async Task VerifyAsync(TextWriter output, Workspace workspace, string origin, DeskCheck check)
    {
        var options = new AuditLogVerification();
        foreach (string key in workspace.VerifierKeys(origin))
        {
            options.Keys.Add(key);
        }

        AuditLogReport report = await AuditLogVerifier.VerifyAsync(workspace.AuditFolder, options);
        output.Write(report.ToText());
        output.WriteLine($"By hand:  dotnet run --project src/ToolGuardrails.Cli -- verify {workspace.AuditFolder}");
        check.Holds("the log is intact", report.IsIntact && report.IsKeyPinned);
    }
}
