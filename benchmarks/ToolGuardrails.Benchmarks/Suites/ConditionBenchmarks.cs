using BenchmarkDotNet.Attributes;
using ToolGuardrails.Benchmarks.Summary;

namespace ToolGuardrails.Benchmarks.Suites;

/// <summary>A decision whose grant has one condition of each kind, on arguments that have been read before.</summary>
[MemoryDiagnoser]
public class ConditionBenchmarks
{
    private GovernedCalls _calls = null!;
    private Work _decided = null!;

    [ParamsAllValues]
    public Condition Grant { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        string policy = GovernedCalls.Policy.Replace("""{ "arg.region": { "equals": "north" } }""", Text(Grant), StringComparison.Ordinal);
        _calls = new GovernedCalls(new CountingSink(), GuardrailPolicy.Parse(policy));
        _decided = _calls.Evaluate("orders.get", GovernedCalls.Order);
    }

    [GlobalCleanup]
    public void Cleanup() => _calls.Dispose();

    [Benchmark]
    public void Decide() => _decided.Run(1);

    private static string Text(Condition condition) => condition switch
    {
        Condition.Equals => """{ "arg.region": { "equals": "north" } }""",
        Condition.In => """{ "arg.region": { "in": ["east", "north", "south", "west"] } }""",
        Condition.Between => """{ "arg.id": { "between": [1, 9999] } }""",
        Condition.Host => """{ "arg.link": { "host": "shop.example" } }""",
        Condition.Three => """{ "arg.id": { "over": 1 }, "arg.region": { "startsWith": "no" }, "arg.link": { "host": "shop.example" } }""",
        _ => "{}",
    };

    public enum Condition
    {
        None,
        Equals,
        In,
        Between,
        Host,
        Three,
    }
}
