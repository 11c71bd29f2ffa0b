using Polly;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>The baseline: a resilience pipeline of four strategies that do nothing, as its authors recommend to call it.</summary>
internal static class PollyCalls
{
    private static readonly Func<ResilienceContext, int, ValueTask<Outcome<int>>> Tool = static (_, state) => Outcome.FromResultAsValueTask(state);

    public static Work FourNoOps { get; } = new(Run);

    public static ResiliencePipeline Build()
    {
        var builder = new ResiliencePipelineBuilder();
        for (int i = 0; i < 4; i++)
        {
            builder.AddStrategy(static _ => new NoOpStrategy());
        }

        return builder.Build();
    }

    private static readonly ResiliencePipeline Pipeline = Build();

    private static void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, CancellationToken.None);
            Outcome<int> outcome = Completed.ResultOf(Pipeline.ExecuteOutcomeAsync(Tool, context, 42));
            ResilienceContextPool.Shared.Return(context);
            GC.KeepAlive(outcome.Exception);
        }
    }
}
