using System.Text.Json;
using BenchmarkDotNet.Attributes;
using ToolGuardrails.Benchmarks.Summary;

namespace ToolGuardrails.Benchmarks.Suites;

/// <summary>Reading arguments strictly, from what hosts have them in, beside a bare walk of the tokens.</summary>
[MemoryDiagnoser]
public class IntakeBenchmarks
{
    private GovernedCalls _calls = null!;
    private byte[] _utf8 = null!;
    private JsonElement _element;
    private Work _pooled = null!;
    private Work _walk = null!;

    [Params(69, 1_024, 16_384)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _calls = new GovernedCalls(new CountingSink());
        _utf8 = Bytes == 69 ? GovernedCalls.Order : JsonWalk.Arguments(Bytes);
        _element = JsonElement.Parse(_utf8);
        _pooled = _calls.Intake("orders.any", _utf8);
        _walk = JsonWalk.Of(_utf8);
    }

    [GlobalCleanup]
    public void Cleanup() => _calls.Dispose();

    [Benchmark(Baseline = true)]
    public void BareWalk() => _walk.Run(1);

    [Benchmark]
    public void PooledAndDecided() => _pooled.Run(1);

    [Benchmark]
    public int FromUtf8() => ToolArguments.FromUtf8(_utf8).Length;

    [Benchmark]
    public int FromElement() => ToolArguments.FromJson(_element).Length;
}
