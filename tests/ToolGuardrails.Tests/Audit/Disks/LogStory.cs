namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>A log's whole history on one disk: lives that end in order, by a kill or by a power cut, one after the other.</summary>
internal sealed class LogStory : IDisposable
{
    private readonly TemporaryFolder _keys = new();

    public LogStory(int seed) => Disk = new ModelDisk(seed);

    public ModelDisk Disk { get; private set; }

    public LogLedger Ledger { get; } = new();

    public FakeTime Time { get; } = new();

    /// <summary>What of the last life failed.</summary>
    public IReadOnlyList<(LogStep Step, Exception Error)> Errors { get; private set; } = [];

    /// <summary>What the log of the last life reported.</summary>
    public IReadOnlyList<string> Troubles { get; private set; } = [];

    /// <summary>One process: does its steps on a disk with a plan, then ends in order if it is still there.</summary>
    public async Task LiveAsync(IEnumerable<LogStep> steps, Func<DiskStep, DiskFault>? plan = null, Func<LogLife>? life = null)
    {
        Disk.Plan = plan ?? (static _ => DiskFault.None);
        LogLife now = life?.Invoke() ?? new LogLife(Disk, Ledger, Time, _keys.Path);
        await now.RunAsync(steps);
        await now.CloseAsync();
        Errors = now.Errors;
        Troubles = now.Troubles.All;
    }

    public LogLife NewLife(Func<AuditLog, AuditBatch, ValueTask>? writeInstead = null) => new(Disk, Ledger, Time, _keys.Path) { WriteInstead = writeInstead };

    /// <summary>The next process gets the disk. If the power was cut, what was only written is no promise any more.</summary>
    public void Restart()
    {
        if (Disk.LostPower)
        {
            Ledger.ForgetBelow(AuditAcknowledgement.Durable);
        }

        Disk = Disk.Restart();
        Ledger.NewWriter();
    }

    /// <summary>Cuts the power between two lives.</summary>
    public void CutPower(int seed)
    {
        Disk.Seed = seed;
        Disk.CutPower();
        Restart();
    }

    /// <summary>Every promise that is broken now.</summary>
    public List<string> Problems() => LogOracle.Problems(Disk.Files(), Ledger, Time.GetUtcNow());

    /// <summary>What the product's verifier says of the disk as it is now.</summary>
    public async Task<IReadOnlyList<string>> VerifyAsync()
    {
        using var copy = new TemporaryFolder();
        Disk.CopyTo(LogLife.DirectoryOf(Disk), copy.Path);
        var options = new AuditLogVerification { AllSignatures = true, MaxDegreeOfParallelism = 1 };
        foreach (AuditCheckpoint checkpoint in Ledger.Published)
        {
            options.Checkpoints.Add(checkpoint);
        }

        AuditLogReport report = await AuditLogVerifier.VerifyAsync(copy.Path, options);
        return [.. report.Damage.Select(static d => d.ToString())];
    }

    public void Dispose() => _keys.Dispose();
}
