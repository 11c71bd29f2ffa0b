using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>One process that writes a log on a model disk: it does a workload's steps and keeps the books. It goes on after errors, as a host does, until it is dead.</summary>
internal sealed class LogLife(ModelDisk disk, LogLedger ledger, FakeTime time, string keys)
{
    /// <summary>Only a hang takes this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private AuditLog? _log;

    /// <summary>Wraps the disk that the log gets; for a negative control.</summary>
    public Func<ILogFiles, ILogFiles> Wrap { get; init; } = static files => files;

    /// <summary>Wraps the log; for a negative control.</summary>
    public Func<AuditLog, AuditBatch, ValueTask>? WriteInstead { get; init; }

    /// <summary>What went wrong, with the step.</summary>
    public List<(LogStep Step, Exception Error)> Errors { get; } = [];

    /// <summary>What the log reported.</summary>
    public LogTroubles Troubles { get; } = new();

    public static string DirectoryOf(ModelDisk disk) => Path.Combine(disk.Root, "var", "log");

    public async Task RunAsync(IEnumerable<LogStep> steps)
    {
        foreach (LogStep step in steps)
        {
            if (disk.IsDead)
            {
                return;
            }

            await TryAsync(step);
        }
    }

    /// <summary>Closes the log, as a process that ends in order.</summary>
    public async Task CloseAsync()
    {
        if (_log is not { } log)
        {
            return;
        }

        int faults = Faults();
        _log = null;
        await log.DisposeAsync().AsTask().WaitAsync(Patience);
        if (!disk.IsDead && Faults() == faults)
        {
            ledger.AllDurable();
        }
    }

    public AuditLogOptions Options()
    {
        var options = new AuditLogOptions
        {
            KeyDirectory = keys,
            TimeProvider = time,
            SegmentBytes = 4096,
            SealEvery = 40,
            Retention = TimeSpan.FromDays(AuditLogOptions.RetentionFloorDays),
            LockTimeout = TimeSpan.Zero,
            AnchorInterval = TimeSpan.FromTicks(1),
            LoggerFactory = Troubles,
        };
        options.Anchors.Add(new CallbackCheckpointAnchor((checkpoint, _) =>
        {
            ledger.Publish(checkpoint);
            return default;
        }));
        return options;
    }

    private async Task TryAsync(LogStep step)
    {
        try
        {
            await DoAsync(step).WaitAsync(Patience);
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            Errors.Add((step, e));
        }
    }

    private async Task DoAsync(LogStep step)
    {
        if (step.Kind is LogStepKind.Close or LogStepKind.Months)
        {
            await CloseAsync();
            time.Advance(step.Kind == LogStepKind.Months ? TimeSpan.FromDays(200) : TimeSpan.Zero);
            return;
        }

        _log ??= new AuditLog(DirectoryOf(disk), Options(), Wrap(disk));
        switch (step.Kind)
        {
            case LogStepKind.Write:
                await WriteAsync(_log, step);
                break;
            case LogStepKind.Seal:
                Note(await _log.SealAsync());
                break;
            case LogStepKind.RotateKey:
                Note(await _log.RotateKeyAsync());
                break;
            case LogStepKind.Prune:
                await _log.PruneAsync();
                break;
            case LogStepKind.Second:
                time.Advance(TimeSpan.FromSeconds(1));
                break;
            default:
                throw new InvalidOperationException($"No step {step}.");
        }
    }

    private async Task WriteAsync(AuditLog log, LogStep step)
    {
        DateTimeOffset now = time.GetUtcNow();
        AuditBatch batch = ledger.Next(step, now);
        try
        {
            await (WriteInstead?.Invoke(log, batch) ?? log.WriteAsync(batch, CancellationToken.None));
        }
        catch
        {
            ledger.NewWriter();
            throw;
        }

        // Work behind the acknowledgement may have met the end; then nobody can say whether the caller still heard it.
        if (!disk.IsDead)
        {
            ledger.Kept(batch, now);
        }
    }

    private void Note(AuditCheckpoint checkpoint)
    {
        if (!disk.IsDead)
        {
            ledger.Publish(checkpoint);
            ledger.AllDurable();
        }
    }

    private int Faults() => disk.Steps.Count(static s => s.Fault != DiskFault.None);
}
