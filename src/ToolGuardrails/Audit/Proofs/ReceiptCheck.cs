namespace ToolGuardrails.Audit;

/// <summary>What has to hold between a verified checkpoint and a receipt's records.</summary>
internal static class ReceiptCheck
{
    /// <summary>Says what doesn't hold.</summary>
    public static string? Problem(AuditReceipt receipt, Checkpoint checkpoint)
    {
        using var hasher = new MerkleTreeHasher();
        foreach (AuditReceiptRecord record in receipt.Records)
        {
            if (Problem(record, checkpoint, hasher) is { } problem)
            {
                return problem;
            }
        }

        return receipt.CallId is { } call ? ProblemWithCall(call, receipt.Records) : null;
    }

    /// <summary>The approval requests that records name, each once.</summary>
    public static string[] Requests(IEnumerable<AuditRecord> records) => [.. records.Select(static r => r.GetString("request")).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Whether another call's record is one of those that led to the consent: the decision that waited, or what became of the request.</summary>
    public static bool LeadsTo(AuditRecord record, string[] requests) =>
        (record.Kind == AuditRecordKind.Approval || (record.Kind == AuditRecordKind.Decision && record.Effect == "require_approval"))
        && record.GetString("request") is { } request && requests.Contains(request, StringComparer.Ordinal);

    private static string? Problem(AuditReceiptRecord record, Checkpoint checkpoint, MerkleTreeHasher hasher)
    {
        ReadOnlySpan<byte> line = record.Record.Line.Span;
        if ((LogLine.Parse(line, out _) ?? LogLine.ProblemWithMembers(line)) is { } problem)
        {
            return $"Record {record.Index} of the receipt isn't a log's line. {problem}";
        }

        return record.Index >= checkpoint.Size
            ? $"The checkpoint covers {checkpoint.Size} records, and so not record {record.Index}."
            : record.IsIn(hasher, checkpoint) ? null : $"The proof of record {record.Index} doesn't lead to the checkpoint's root. The record, its index or its proof isn't the log's.";
    }

    private static string? ProblemWithCall(string call, IReadOnlyList<AuditReceiptRecord> records)
    {
        AuditReceiptRecord[] own = [.. records.Where(r => string.Equals(r.Record.CallId, call, StringComparison.Ordinal))];
        if (!own.Any(static r => r.Record.Kind == AuditRecordKind.Decision))
        {
            return $"The receipt has no decision of the call '{call}'.";
        }

        string[] requests = Requests(own.Select(static r => r.Record));
        return records.Except(own).FirstOrDefault(r => !LeadsTo(r.Record, requests)) is { } stranger
            ? $"Record {stranger.Index} of the receipt is neither of the call '{call}' nor of an approval that the call rests on."
            : null;
    }
}
