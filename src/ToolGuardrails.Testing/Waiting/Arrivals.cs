namespace ToolGuardrails.Testing.Waiting;

/// <summary>What has arrived so far, for tests that wait for more of it without sleeping.</summary>
internal sealed class Arrivals<T>
{
    private readonly Lock _lock = new();
    private readonly List<T> _all = [];
    private readonly List<(Func<IReadOnlyList<T>, bool> IsEnough, TaskCompletionSource Reached)> _waiting = [];

    public IReadOnlyList<T> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    public void Add(IEnumerable<T> items)
    {
        lock (_lock)
        {
            _all.AddRange(items);
            foreach ((Func<IReadOnlyList<T>, bool> isEnough, TaskCompletionSource reached) in _waiting)
            {
                if (isEnough(_all))
                {
                    reached.TrySetResult();
                }
            }

            _waiting.RemoveAll(static w => w.Reached.Task.IsCompleted);
        }
    }

    /// <summary>Waits until enough of a kind have arrived. By the real clock, so that a test whose own clock stands still ends all the same.</summary>
    /// <returns>Those of the kind.</returns>
    public async Task<IReadOnlyList<T>> WaitForAsync(Func<T, bool> matches, int count, string what, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!IsEnough(_all))
            {
                _waiting.Add((IsEnough, reached));
            }
            else
            {
                reached.TrySetResult();
            }
        }

        try
        {
            await reached.Task.WaitAsync(limit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            IReadOnlyList<T> all = All;
            throw new GuardrailAssertionException($"Waited {limit} for {count} {what}, and {all.Count(matches)} came. All that came:\n{string.Join('\n', all.Select(static i => $"  {i}"))}");
        }

        return [.. All.Where(matches)];

        bool IsEnough(IReadOnlyList<T> all) => all.Count(matches) >= count;
    }
}
