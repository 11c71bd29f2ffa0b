namespace ToolGuardrails;

/// <summary>How long a host's store may take to answer. One that answers at once isn't timed.</summary>
internal readonly struct StoreDeadline(TimeSpan timeout, TimeProvider time)
{
    /// <summary>Waits for an answer.</summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public ValueTask<T> WaitAsync<T>(ValueTask<T> answer, CancellationToken cancellationToken) =>
        answer.IsCompletedSuccessfully ? answer : new(answer.AsTask().WaitAsync(timeout, time, cancellationToken));
}
