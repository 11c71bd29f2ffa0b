namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>What must hold of a log whatever happened to its writer.</summary>
internal static class LogOracle
{
    /// <summary>Opens the log, records something, closes it. Then every promise is kept byte by byte, and the log is intact and goes on from each checkpoint that it ever had.</summary>
    public static async Task<LogContent> AssertAsync(string directory, string keys, Promises promises, IEnumerable<AuditCheckpoint>? checkpoints = null)
    {
        await GoOnAsync(directory, keys);
        var verification = new AuditLogVerification { AllSignatures = true };
        foreach (AuditCheckpoint checkpoint in checkpoints ?? [])
        {
            verification.Checkpoints.Add(checkpoint);
        }

        AuditLogReport report = await AuditLogVerifier.VerifyAsync(directory, verification);
        Assert.True(report.IsIntact, report.ToText());
        LogContent content = LogContent.Read(directory);
        Assert.Empty(promises.MissingIn(content));
        return content;
    }

    /// <summary>The newest checkpoint that the log has published; null before the first.</summary>
    public static AuditCheckpoint? Published(string directory)
    {
        string path = Path.Combine(directory, "checkpoint");
        return File.Exists(path) ? AuditCheckpoint.Parse(File.ReadAllText(path)) : null;
    }

    private static async Task GoOnAsync(string directory, string keys)
    {
        string text = $"after/{Guid.NewGuid():N}";
        await using (var log = new AuditLog(directory, new AuditLogOptions { KeyDirectory = keys }))
        {
            await log.WriteAsync(new LogBatches().Of(AuditAcknowledgement.Sealed, text), default);
        }

        Assert.Contains(text, LogContent.Read(directory).Ids);
    }
}
