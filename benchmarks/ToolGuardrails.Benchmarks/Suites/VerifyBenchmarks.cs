using BenchmarkDotNet.Attributes;
using ToolGuardrails.Audit;
using ToolGuardrails.Benchmarks.Audit;

namespace ToolGuardrails.Benchmarks.Suites;

/// <summary>Verifying a log of 100,000 records: every hash, the tree and its signatures.</summary>
[MemoryDiagnoser]
public class VerifyBenchmarks
{
    private string _folder = "";

    [Params(1, 0)]
    public int Threads { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _folder = Directory.CreateTempSubdirectory("toolguardrails-bench-").FullName;
        await using var log = new AuditLog(Path.Combine(_folder, "log"), new AuditLogOptions { KeyDirectory = Path.Combine(_folder, "keys") });
        var stamp = LineStamp.New();
        for (int i = 0; i < 100; i++)
        {
            await log.WriteAsync(Lines.Batch(stamp, 1_000, AuditAcknowledgement.Queued), CancellationToken.None);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [Benchmark]
    public async Task<bool> VerifyAsync() =>
        (await AuditLogVerifier.VerifyAsync(Path.Combine(_folder, "log"), new AuditLogVerification { MaxDegreeOfParallelism = Threads })).IsIntact;
}
