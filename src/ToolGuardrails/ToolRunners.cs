namespace ToolGuardrails;

/// <summary>A tool as the pipeline runs it. Implemented by structs, so that no spelling of a tool costs a closure.</summary>
internal interface IToolRunner<T>
{
    ValueTask<T> RunAsync(ToolArguments arguments, CancellationToken cancellationToken);
}

internal readonly struct ValueTaskRunner<T>(Func<ToolArguments, CancellationToken, ValueTask<T>> tool) : IToolRunner<T>
{
    public ValueTask<T> RunAsync(ToolArguments arguments, CancellationToken cancellationToken) => tool(arguments, cancellationToken);
}

internal readonly struct TaskRunner<T>(Func<ToolArguments, CancellationToken, Task<T>> tool) : IToolRunner<T>
{
    public ValueTask<T> RunAsync(ToolArguments arguments, CancellationToken cancellationToken) => new(tool(arguments, cancellationToken));
}

internal readonly struct StateRunner<TState, T>(TState state, Func<TState, ToolArguments, CancellationToken, ValueTask<T>> tool) : IToolRunner<T>
{
    public ValueTask<T> RunAsync(ToolArguments arguments, CancellationToken cancellationToken) => tool(state, arguments, cancellationToken);
}

internal readonly struct SynchronousRunner<T>(Func<ToolArguments, T> tool) : IToolRunner<T>
{
    public ValueTask<T> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        T value = tool(arguments);
        return value is Task or ValueTask
            ? throw new InvalidOperationException("The tool returned a task, so it isn't synchronous; use InvokeAsync, which waits for it before it records the outcome.")
            : new(value);
    }
}

internal readonly struct NoResultRunner(Func<ToolArguments, CancellationToken, ValueTask> tool) : IToolRunner<NoResult>
{
    public ValueTask<NoResult> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        ValueTask running = tool(arguments, cancellationToken);
        return running.IsCompletedSuccessfully ? default : AwaitAsync(running);
    }

    private static async ValueTask<NoResult> AwaitAsync(ValueTask running)
    {
        await running.ConfigureAwait(false);
        return default;
    }
}

internal readonly struct NoResultTaskRunner(Func<ToolArguments, CancellationToken, Task> tool) : IToolRunner<NoResult>
{
    public async ValueTask<NoResult> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        await tool(arguments, cancellationToken).ConfigureAwait(false);
        return default;
    }
}
