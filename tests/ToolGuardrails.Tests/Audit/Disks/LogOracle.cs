namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>Says what a log broke of what it promised, from its files alone.</summary>
internal static class LogOracle
{
    /// <summary>Every broken promise, as a sentence; none where the log is as it should be.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="ledger">The promises.</param>
    /// <param name="now">Records older than the retention before it may be pruned.</param>
    public static List<string> Problems(IReadOnlyDictionary<string, byte[]> files, LogLedger ledger, DateTimeOffset now)
    {
        var image = new LogImage(files);
        List<string> problems = [.. image.Problems];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < image.Lines.Count; i++)
        {
            if (!places.TryAdd(image.Lines[i], i))
            {
                problems.Add($"Record {image.First + i} is there twice: {image.Lines[i]}");
            }
        }

        CheckPromises(ledger, now - TimeSpan.FromDays(AuditLogOptions.RetentionFloorDays), image, places, problems);
        problems.AddRange(image.Lines.Where(l => l.Contains("\"ev\":\"decision\"", StringComparison.Ordinal) && !ledger.Tried(l)).Select(static l => $"Nobody wrote this: {l}"));
        problems.AddRange(ledger.Published.Select(image.Misfit).OfType<string>().Select(static m => $"A checkpoint that was given away {m}."));
        return problems;
    }

    private static void CheckPromises(LogLedger ledger, DateTimeOffset prunable, LogImage image, Dictionary<string, int> places, List<string> problems)
    {
        int before = -1;
        foreach (LogPromise promise in ledger.Promises.Where(static p => p.Level > AuditAcknowledgement.Queued))
        {
            if (places.TryGetValue(promise.Line, out int place))
            {
                if (place < before)
                {
                    problems.Add($"Record {image.First + place} comes before one that was acknowledged earlier.");
                }

                before = place;
            }
            else if (image.First == 0 || promise.Written > prunable)
            {
                problems.Add($"A record acknowledged as {promise.Level} is lost: {promise.Line}");
            }
        }
    }
}
