using BenchmarkDotNet.Attributes;
using ToolGuardrails.Audit;
using ToolGuardrails.Benchmarks.Audit;

namespace ToolGuardrails.Benchmarks.Suites;

/// <summary>A batch of records through hash, tree and file of the tamper-evident log.</summary>
[MemoryDiagnoser]
public class AuditBenchmarks
{
    private readonly LineStamp _stamp = LineStamp.New();
    private string _folder = "";
    private AuditLog _log = null!;
    private AuditBatch _batch = null!;

    [Params(1, 64, 1_000)]
    public int Records { get; set; }

    [Params(AuditAcknowledgement.Written, AuditAcknowledgement.Durable)]
    public AuditAcknowledgement Level { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("toolguardrails-bench-").FullName;
        _log = new AuditLog(Path.Combine(_folder, "log"), new AuditLogOptions { KeyDirectory = Path.Combine(_folder, "keys") });
        _log.TryOpen();
        _batch = Lines.Batch(_stamp, Records, Level);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public ValueTask Write() => _log.WriteAsync(_batch, CancellationToken.None);
}
