using BenchmarkDotNet.Attributes;
using Polly;
using ToolGuardrails.Benchmarks.Summary;

namespace ToolGuardrails.Benchmarks.Suites;

/// <summary>What a governed call costs around a synchronous tool, intake of its 69 bytes of arguments included, beside a resilience pipeline of four strategies that do nothing.</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private static readonly Func<ToolArguments, int> Tool = static _ => 42;
    private static readonly Func<ResilienceContext, int, ValueTask<Outcome<int>>> PollyTool = static (_, state) => Outcome.FromResultAsValueTask(state);

    private readonly byte[] _order = GovernedCalls.Order;
    private readonly byte[] _otherRegion = GovernedCalls.OtherRegion;
    private readonly ResiliencePipeline _polly = PollyCalls.Build();
    private GuardrailPipeline _pipeline = null!;
    private AgentSession _session = null!;
    private ToolBinding _get = null!;
    private ToolBinding _list = null!;
    private ToolArguments _kept;

    [GlobalSetup]
    public void Setup()
    {
        _pipeline = GuardrailPipeline.Create(new GuardrailOptions
        {
            Policy = GuardrailPolicy.Parse(GovernedCalls.Policy),
            Audit = { CommitmentKey = new byte[32] },
            Sinks = { new AuditSinkRegistration(new CountingSink()) },
        });
        _session = _pipeline.StartSession("clerk", new Principal("https://id.example.com", "u-17"));
        _get = _session.Bind("orders.get");
        _list = _session.Bind("orders.list");
        _kept = ToolArguments.FromUtf8(_order);
    }

    [GlobalCleanup]
    public void Cleanup() => _pipeline.Dispose();

    [Benchmark]
    public int DirectCall() => Tool(_kept);

    [Benchmark(Baseline = true)]
    public async ValueTask<int> PollyFourNoOps()
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, CancellationToken.None);
        Outcome<int> outcome = await _polly.ExecuteOutcomeAsync(PollyTool, context, 42).ConfigureAwait(false);
        ResilienceContextPool.Shared.Return(context);
        return outcome.Result;
    }

    [Benchmark]
    public int IntakeUnpooled() => ToolArguments.FromUtf8(_order).Length;

    [Benchmark]
    public async ValueTask<int> AllowedBound() =>
        (await _get.InvokeSynchronousAsync(_session.ReadArguments(_order), Tool).ConfigureAwait(false)).GetValueOrThrow();

    [Benchmark]
    public async ValueTask<int> AllowedByName() =>
        (await _session.InvokeSynchronousAsync("orders.get", _session.ReadArguments(_order), Tool).ConfigureAwait(false)).GetValueOrThrow();

    [Benchmark]
    public async ValueTask<bool> DeniedStatically() =>
        (await _list.InvokeSynchronousAsync(_session.ReadArguments(_order), Tool).ConfigureAwait(false)).Executed;

    [Benchmark]
    public async ValueTask<bool> DeniedByArgument() =>
        (await _get.InvokeSynchronousAsync(_session.ReadArguments(_otherRegion), Tool).ConfigureAwait(false)).Executed;

    [Benchmark]
    public async ValueTask<bool> Evaluate() =>
        (await _get.EvaluateAsync(_session.ReadArguments(_order)).ConfigureAwait(false)).IsAllowed;

    [Benchmark]
    public async ValueTask<bool> EvaluateArgumentsReadBefore() =>
        (await _get.EvaluateAsync(_kept).ConfigureAwait(false)).IsAllowed;
}
