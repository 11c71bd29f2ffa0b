namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>What a governed call costs its caller, beside a resilience pipeline that does nothing.</summary>
internal sealed class PipelineRows : IDisposable
{
    private const string Polly = "Polly, 4 no-ops";
    private readonly GovernedCalls _calls = new(new CountingSink());
    private readonly GovernedCalls _guardedOnce = Guarded(1);
    private readonly GovernedCalls _guarded = Guarded(8);
    private readonly GovernedCalls _small = new(new CountingSink(), ScaledPolicy.Of(2, 10, 10), ScaledPolicy.Agent);
    private readonly GovernedCalls _large = new(new CountingSink(), ScaledPolicy.Of(200, 1_000, 10_000), ScaledPolicy.Agent);
    private readonly BareHandOver _bare = new();
    private readonly GovernedCalls _live;

    public PipelineRows(AuditLog log) => _live = new(log);

    public IEnumerable<SummaryRow> All()
    {
        byte[] order = GovernedCalls.Order;
        yield return new("allowed", Polly, 0.5, () => Against(_calls.Invoke("orders.any", order)));
        yield return new("allowed, with the live log", Polly, 0.85, () => Against(_live.Invoke("orders.any", order)));
        yield return new("  its two records, handed over bare", Polly, null, () => Against(_bare.Records), IsOurs: false);
        yield return new("  its looks for listeners, bare", Polly, null, () => Against(BareCalls.Listeners()), IsOurs: false);
        yield return new("allowed, 3 declared arguments, 1 condition", Polly, null, () => Against(_calls.Invoke("orders.get", order)));
        yield return new("denied statically", Polly, 0.4, () => Against(_calls.Invoke("orders.list", order, allowed: false)));
        yield return new("  its record, handed over bare", Polly, null, () => Against(_bare.Record), IsOurs: false);
        yield return new("denied by an argument", Polly, 1.3, () => Against(_calls.Invoke("orders.get", GovernedCalls.OtherRegion, allowed: false)));
        yield return new("evaluated only", Polly, 0.4, () => Against(_calls.Evaluate("orders.any", order)));
        yield return new("the first synchronous guard", Polly, null, () => PerGuard(_guardedOnce, _calls, 1));
        yield return new("each further synchronous guard", Polly, 0.1, () => PerGuard(_guarded, _guardedOnce, 7));
        yield return new("  a guard asked bare", Polly, null, () => Against(BareCalls.Guard(new PassingGuard())), IsOurs: false);
        yield return new("truly asynchronous tool", Polly, 2, () => Against(_calls.InvokeLater("orders.any", order)));
        yield return new("  an asynchronous method around it, bare", Polly, null, () => Against(BareCalls.Awaited()), IsOurs: false);
        yield return new("guarded function over the bare one, with intake", Polly, null, Function);
        yield return new("  its arguments written and read back, bare", Polly, null, () => Against(BareCalls.ReadBack(order)), IsOurs: false);
        yield return new("by name", "the bound tool", 1.5, () => PairedRatio.Of(_calls.InvokeByName("orders.any", order), _calls.Invoke("orders.any", order)));
        yield return new("10,000 rules", "10 rules", 1.5, () => PairedRatio.Of(_large.Invoke(ScaledPolicy.Tool, order), _small.Invoke(ScaledPolicy.Tool, order)));
        foreach (int bytes in (int[])[69, 1_024, 16_384])
        {
            byte[] json = bytes == 69 ? order : JsonWalk.Arguments(bytes);
            string tool = bytes == 69 ? "orders.get" : "orders.any";
            yield return new($"intake of {bytes:N0} bytes and a decision", "a bare walk", 2, () => PairedRatio.Of(_calls.Intake(tool, json), JsonWalk.Of(json)));
            yield return new("  read as a JsonDocument", "a bare walk", null, () => PairedRatio.Of(BareCalls.Document(json), JsonWalk.Of(json)), IsOurs: false);
        }
    }

    public void Dispose()
    {
        _calls.Dispose();
        _guardedOnce.Dispose();
        _guarded.Dispose();
        _small.Dispose();
        _large.Dispose();
        _live.Dispose();
        _bare.Dispose();
    }

    private static PairedRatio Against(Work ours) => PairedRatio.Of(ours, PollyCalls.FourNoOps);

    private static GovernedCalls Guarded(int guards) =>
        new(new CountingSink(), policy: null, agent: "clerk", [.. Enumerable.Range(0, guards).Select(static _ => new PassingGuard())]);

    private static PairedRatio PerGuard(GovernedCalls more, GovernedCalls fewer, int guards)
    {
        PairedRatio with = Against(more.Evaluate("orders.any", GovernedCalls.Order));
        PairedRatio without = Against(fewer.Evaluate("orders.any", GovernedCalls.Order));
        return new((with.Ours - without.Ours) / guards, with.Baseline, (with.Ratio - without.Ratio) / guards, with.Bytes);
    }

    private PairedRatio Function()
    {
        PairedRatio guarded = Against(_calls.Function("orders.any", GovernedCalls.Order, guarded: true));
        PairedRatio bare = Against(_calls.Function("orders.any", GovernedCalls.Order, guarded: false));
        return new(guarded.Ours - bare.Ours, guarded.Baseline, guarded.Ratio - bare.Ratio, guarded.Bytes - bare.Bytes);
    }

    private sealed class PassingGuard : IToolGuard
    {
        public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) => new(Verdict.Allow);
    }
}
