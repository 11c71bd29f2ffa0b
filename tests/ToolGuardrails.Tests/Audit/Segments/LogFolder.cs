namespace ToolGuardrails.Tests.Audit.Segments;

/// <summary>A directory for one log, its keys beside it, and a clock that the test moves.</summary>
internal sealed class LogFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private LogBatches _batches;

    public LogFolder() => _batches = new LogBatches(Time);

    public FakeTime Time { get; } = new();

    public string Log => _folder.Combine("log");

    public string Keys => _folder.Combine("keys");

    public AuditLogOptions Options() => new() { KeyDirectory = Keys, TimeProvider = Time, LockTimeout = TimeSpan.Zero };

    public AuditLog Open(Action<AuditLogOptions>? configure = null)
    {
        AuditLogOptions options = Options();
        configure?.Invoke(options);
        return new AuditLog(Log, options);
    }

    /// <summary>Writes a batch as the pipeline's writer does: after one that failed, the next has another writer's id.</summary>
    public async ValueTask WriteAsync(AuditLog log, AuditAcknowledgement level, params IReadOnlyList<string> texts)
    {
        try
        {
            await log.WriteAsync(_batches.Of(level, texts), CancellationToken.None);
        }
        catch
        {
            BeginAnew();
            throw;
        }
    }

    /// <summary>Goes on as another writer.</summary>
    public void BeginAnew() => _batches = new LogBatches(Time);

    public string Combine(params ReadOnlySpan<string> path) => _folder.Combine(path);

    public IReadOnlyList<string> Segments() => [.. Directory.EnumerateFiles(Combine("log", "segments"), "*.jsonl").Order(StringComparer.Ordinal)];

    /// <summary>All lines, in order.</summary>
    public IReadOnlyList<AuditRecord> Lines() => [.. Segments().SelectMany(static s => AuditLines.Read(s).Whole)];

    /// <summary>The kinds of all lines, in order.</summary>
    public string Kinds() => string.Join(' ', Lines().Select(static l => l.GetString("ev")));

    /// <summary>What the records of a pipeline say, in order.</summary>
    public string Texts() => string.Join(' ', Lines().Select(static l => l.GetString("text")).OfType<string>());

    public Task<AuditLogReport> VerifyAsync(AuditLogVerification? options = null) => AuditLogVerifier.VerifyAsync(Log, options);

    /// <summary>Fails with the whole bill where the log isn't intact.</summary>
    public async Task AssertIntactAsync()
    {
        AuditLogReport report = await VerifyAsync();
        Assert.True(report.IsIntact, report.ToText());
    }

    public void Dispose() => _folder.Dispose();
}
