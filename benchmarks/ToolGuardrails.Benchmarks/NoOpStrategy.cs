using Polly;

namespace ToolGuardrails.Benchmarks;

/// <summary>A strategy that only calls on: the least that a pipeline of that library costs for each step.</summary>
internal sealed class NoOpStrategy : ResilienceStrategy
{
    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state) =>
        callback(context, state);
}
