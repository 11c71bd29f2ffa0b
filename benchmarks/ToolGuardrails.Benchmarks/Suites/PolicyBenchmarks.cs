using BenchmarkDotNet.Attributes;
using ToolGuardrails.Benchmarks.Summary;

namespace ToolGuardrails.Benchmarks.Suites;

/// <summary>Loading a policy, and a call under it, as it grows in agents, tools and rules that don't concern the call.</summary>
[MemoryDiagnoser]
public class PolicyBenchmarks
{
    private string _json = "";
    private GovernedCalls _calls = null!;
    private Work _decided = null!;

    [Params(10, 1_000, 10_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        GuardrailPolicy policy = Rules == 10 ? ScaledPolicy.Of(2, 10, 10) : ScaledPolicy.Of(Rules / 50, Rules / 10, Rules);
        _json = policy.ToJson();
        _calls = new GovernedCalls(new CountingSink(), policy, ScaledPolicy.Agent);
        _decided = _calls.Evaluate(ScaledPolicy.Tool, GovernedCalls.Order);
    }

    [GlobalCleanup]
    public void Cleanup() => _calls.Dispose();

    [Benchmark]
    public GuardrailPolicy Load() => GuardrailPolicy.Parse(_json);

    [Benchmark]
    public void Decide() => _decided.Run(1);
}
