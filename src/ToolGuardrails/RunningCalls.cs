namespace ToolGuardrails;

/// <summary>Says why a running call may not go on; null where it may.</summary>
internal delegate VerdictReason? RunningCallJudge(SessionIdentity session, ToolInfo tool, ReadOnlySpan<IssuedGrant> given);

/// <summary>The calls whose tools run, so that a suspension can tell them to stop, and can wait until those that were let through before it have begun.</summary>
internal sealed class RunningCalls
{
    private const int Kept = 64;

    private readonly Lock _lock = new();
    private readonly List<RunningCall> _running = [];
    private readonly Stack<RunningCall> _free = new();
    private TaskCompletionSource? _begun;

    /// <summary>Registers a call. After this, and before its tool starts, the caller looks once more whether it is suspended: whoever suspends publishes first and signals then, so no call is missed by both.</summary>
    public RunningCall Enter(in ToolCall call, CancellationToken caller)
    {
        RunningCall running;
        lock (_lock)
        {
            running = _free.TryPop(out RunningCall? free) ? free : new RunningCall();
            running.Place = _running.Count;
            _running.Add(running);
            running.Begin(call, caller);
        }

        return running;
    }

    /// <summary>The tool has returned to its caller, with a result or a task.</summary>
    public void MarkBegun(RunningCall running)
    {
        lock (_lock)
        {
            running.IsStarting = false;
            Tell();
        }
    }

    /// <summary>The call has ended.</summary>
    /// <param name="running">The call.</param>
    /// <param name="atOnce">Whether it ended synchronously, so that nobody holds its token any more.</param>
    public void Leave(RunningCall running, bool atOnce)
    {
        lock (_lock)
        {
            RunningCall last = _running[^1];
            _running[running.Place] = last;
            last.Place = running.Place;
            _running.RemoveAt(_running.Count - 1);
            running.IsStarting = false;
            if (running.End(atOnce) && _free.Count < Kept)
            {
                _free.Push(running);
            }

            Tell();
        }
    }

    /// <summary>Tells the calls that are suspended now to stop. None of them is claimed to have stopped.</summary>
    /// <param name="judge">Why a call may not go on; null where it may.</param>
    /// <returns>Completes when every tool that had been let through has begun.</returns>
    public Task StopAsync(RunningCallJudge judge)
    {
        var stopped = new List<RunningCall>();
        Task begun = Task.CompletedTask;
        lock (_lock)
        {
            foreach (RunningCall running in _running)
            {
                if (running.Stopped is null && judge(running.Session!, running.Tool!, running.Given) is { } reason)
                {
                    running.Stopped = reason;
                    stopped.Add(running);
                }
            }

            if (_running.Exists(static r => r is { IsStarting: true, Stopped: not null }))
            {
                begun = (_begun ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        // Outside the lock: whoever listens to the token may call back.
        stopped.ForEach(static r => r.Ends.CancelQuietly());
        return begun;
    }

    private void Tell()
    {
        if (_begun is not null && !_running.Exists(static r => r is { IsStarting: true, Stopped: not null }))
        {
            _begun.TrySetResult();
            _begun = null;
        }
    }
}
