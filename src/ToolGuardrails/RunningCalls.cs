namespace ToolGuardrails;

/// <summary>Says why a running call may not go on; null where it may.</summary>
internal delegate VerdictReason? RunningCallJudge(SessionIdentity session, ToolInfo tool, ReadOnlySpan<IssuedGrant> given);

/// <summary>The calls whose tools run, so that a suspension can tell them to stop, and can wait until those that were let through before it have begun.</summary>
/// <remarks>A call that ends where it was begun takes no lock: each thread keeps one place for it. Whoever stops calls looks at them all.</remarks>
internal sealed class RunningCalls
{
    private const int Kept = 64;

    [ThreadStatic]
    private static RunningCall? _here;

    [ThreadStatic]
    private static EndOfThread? _end;

    private readonly Lock _lock = new();
    private readonly List<RunningCall> _all = [];
    private readonly Stack<RunningCall> _free = new();
    private TaskCompletionSource? _begun;

    /// <summary>Registers a call. After this, and before its tool starts, the caller looks once more whether it is suspended: whoever suspends publishes first and signals then, so no call is missed by both.</summary>
    public RunningCall Enter(in ToolCall call, CancellationToken caller)
    {
        RunningCall running = Take();
        running.Begin(call, caller);
        return running;
    }

    /// <summary>The same for a call whose tool is begun on this thread.</summary>
    public RunningCall EnterHere(in ToolCall call, CancellationToken caller)
    {
        RunningCall? running = _here;
        if (running is null || running.Owner != this || running.IsInUse)
        {
            running = TakeHere();
        }

        running.Begin(call, caller);
        return running;
    }

    /// <summary>The tool has returned to its caller, with a result or a task. A call that ends at once needs no more than <see cref="Leave"/>.</summary>
    public void MarkBegun(RunningCall running)
    {
        if (running == _here)
        {
            SetHere(null); // It may end on another thread.
        }

        if (running.MarkBegun())
        {
            Tell();
        }
    }

    /// <summary>The call has ended.</summary>
    /// <param name="running">The call.</param>
    /// <param name="atOnce">Whether it ended synchronously, so that nobody holds its token any more.</param>
    public void Leave(RunningCall running, bool atOnce)
    {
        bool told = running.End(atOnce);
        if (!told && !running.IsPlaced && _here is null)
        {
            SetHere(running); // The next call that begins on this thread needs no lock then.
        }
        else if (told || !running.IsPlaced)
        {
            PutBack(running, isFree: !told);
        }

        if (told)
        {
            Tell();
        }
    }

    /// <summary>Tells the calls that are suspended now to stop. None of them is claimed to have stopped.</summary>
    /// <param name="judge">Why a call may not go on; null where it may.</param>
    /// <returns>Completes when every tool that had been let through has begun.</returns>
    public Task StopAsync(RunningCallJudge judge)
    {
        Interlocked.MemoryBarrierProcessWide(); // What was published before is seen by every call that isn't seen here.
        List<RunningCall> told;
        Task begun = Task.CompletedTask;
        lock (_lock)
        {
            told = Told(judge);
            if (_all.Exists(static r => r.IsStartingTold))
            {
                begun = (_begun ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        // Outside the lock: whoever listens to the token may call back.
        told.ForEach(static r => r.Ends.CancelQuietly());
        return begun;
    }

    private List<RunningCall> Told(RunningCallJudge judge)
    {
        var meant = new List<(RunningCall Call, long Use, VerdictReason? Reason)>();
        foreach (RunningCall running in _all)
        {
            if (running.Mean(judge, out VerdictReason? reason) is var use and not 0)
            {
                meant.Add((running, use, reason));
            }
        }

        if (meant.Count > 0)
        {
            Interlocked.MemoryBarrierProcessWide();
        }

        return [.. meant.Where(static m => m.Call.IsTold(m.Use, m.Reason)).Select(static m => m.Call)];
    }

    // A call within another one doesn't get the thread's place, and where several pipelines share a thread, the last one has it.
    private RunningCall TakeHere()
    {
        RunningCall running = Take();
        if (_here is not { IsInUse: true })
        {
            _here?.Owner.PutBack(_here, isFree: true);
            SetHere(running);
        }

        return running;
    }

    private RunningCall Take()
    {
        lock (_lock)
        {
            if (_free.TryPop(out RunningCall? free))
            {
                return free;
            }

            var added = new RunningCall(this) { Place = _all.Count };
            _all.Add(added);
            return added;
        }
    }

    // What another thread may get, or nobody looks at any more, isn't this thread's.
    private void PutBack(RunningCall running, bool isFree)
    {
        if (running == _here)
        {
            SetHere(null);
        }

        running.IsPlaced = false;
        lock (_lock)
        {
            running.Forget();
            if (isFree && _free.Count < Kept)
            {
                _free.Push(running);
                return;
            }

            RunningCall last = _all[^1];
            _all[running.Place] = last;
            last.Place = running.Place;
            _all.RemoveAt(_all.Count - 1);
        }
    }

    private static void SetHere(RunningCall? running)
    {
        if (_here is { } before)
        {
            before.IsPlaced = false;
        }

        if (running is not null)
        {
            running.IsPlaced = true;
        }

        _here = running;
        (_end ??= new EndOfThread()).Place = running;
    }

    private void Tell()
    {
        lock (_lock)
        {
            if (_begun is not null && !_all.Exists(static r => r.IsStartingTold))
            {
                _begun.TrySetResult();
                _begun = null;
            }
        }
    }

    // Nothing else says that a thread has ended: what only it referred to is collected then.
    private sealed class EndOfThread
    {
        public RunningCall? Place { get; set; }

        ~EndOfThread() => Place?.Owner.PutBack(Place, isFree: true);
    }
}
