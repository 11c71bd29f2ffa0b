using System.Text.Json;
using BenchmarkDotNet.Attributes;
using ToolGuardrails.Benchmarks.Summary;

namespace ToolGuardrails.Benchmarks.Suites;

/// <summary>A call whose result passes whole, and one of whose result only two fields pass.</summary>
[MemoryDiagnoser]
public class ProjectionBenchmarks
{
    private static readonly JsonElement Customer = JsonElement.Parse("""{"id":4711,"name":"Ada Byron","mail":"ada@example.com","address":{"street":"Hill 1","city":"London"},"status":"active"}""");
    private readonly ToolArguments _arguments = ToolArguments.FromUtf8(GovernedCalls.Order);
    private GovernedCalls _calls = null!;
    private ToolBinding _tool = null!;

    [Params("", """, "fields": ["id", "status"]""")]
    public string Fields { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        const string Grant = "\"tools\": \"orders.any\"";
        string policy = GovernedCalls.Policy.Replace(Grant, Grant + Fields, StringComparison.Ordinal);
        _calls = new GovernedCalls(new CountingSink(), GuardrailPolicy.Parse(policy));
        _tool = _calls.Session.Bind("orders.any");
    }

    [GlobalCleanup]
    public void Cleanup() => _calls.Dispose();

    [Benchmark]
    public async ValueTask<JsonElement> Call() =>
        (await _tool.InvokeSynchronousAsync(_arguments, static _ => Customer)).GetValueOrThrow();
}
