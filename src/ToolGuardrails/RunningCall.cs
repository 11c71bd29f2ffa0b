namespace ToolGuardrails;

/// <summary>A call whose tool is being started or runs, and the token that it got: cancelled by the caller, and when the call is suspended. Used for one call after another, by one thread at a time.</summary>
/// <remarks>
/// A call writes without a fence, and whoever stops calls pays for both with <see cref="Interlocked.MemoryBarrierProcessWide"/>: it writes which use it means, and reads afterwards whether that use still goes on;
/// the call writes that its use has ended, and reads afterwards whether that use was meant. One of them sees the other. So nobody ever cancels the token of a later use.
/// </remarks>
internal sealed class RunningCall(RunningCalls owner)
{
    private CancellationTokenRegistration _caller;
    private SessionIdentity? _session;
    private ToolInfo? _tool;
    private IssuedGrant[] _given = [];
    private VerdictReason? _stopped;
    private long _lastUse;
    private long _use;
    private long _told;
    private bool _isStarting;

    public RunningCalls Owner { get; } = owner;

    /// <summary>Where this stands in its owner's list, which alone changes it.</summary>
    public int Place { get; set; }

    /// <summary>Whether a thread keeps this as its own place. That thread's to change, or nobody's who has it any more.</summary>
    public bool IsPlaced { get; set; }

    public bool IsInUse => Volatile.Read(ref _use) != 0;

    public CancellationTokenSource Ends { get; private set; } = new();

    /// <summary>Why it was told to stop; null where nobody told it.</summary>
    public VerdictReason? Stopped => Volatile.Read(ref _stopped);

    /// <summary>Whether it goes on, was told to stop, and its tool hasn't returned to its caller for the first time.</summary>
    public bool IsStartingTold => Volatile.Read(ref _use) is var use && use != 0 && use == Volatile.Read(ref _told) && Volatile.Read(ref _isStarting);

    /// <summary>Begins a use.</summary>
    public void Begin(in ToolCall call, CancellationToken caller)
    {
        _session = call.Session;
        _tool = call.Tool;
        if (call.Given.Length > 0 || _given.Length > 0)
        {
            _given = call.Given.ToArray();
        }

        _isStarting = true;
        if (caller.CanBeCanceled)
        {
            _caller = caller.UnsafeRegister(static s => ((CancellationTokenSource)s!).CancelQuietly(), Ends);
        }

        Volatile.Write(ref _use, ++_lastUse);
    }

    /// <summary>The tool has returned to its caller.</summary>
    /// <returns>Whether it had been told to stop.</returns>
    public bool MarkBegun()
    {
        Volatile.Write(ref _isStarting, false);
        return Volatile.Read(ref _told) == _lastUse;
    }

    /// <summary>Ends the use.</summary>
    /// <param name="atOnce">Whether the call ended synchronously, so that nobody holds its token any more.</param>
    /// <returns>Whether it had been told to stop. It can't be used again then: whoever told it may still be cancelling its token.</returns>
    public bool End(bool atOnce)
    {
        Volatile.Write(ref _use, 0);
        bool told = Volatile.Read(ref _told) == _lastUse;
        bool free = _caller == default || _caller.Unregister() || !_caller.Token.CanBeCanceled;
        _caller = default;
        if (!told && !(free && atOnce && Ends.TryReset()))
        {
            Ends = new CancellationTokenSource();
        }

        return told;
    }

    /// <summary>Lets go of what the last use was about.</summary>
    public void Forget()
    {
        _session = null;
        _tool = null;
        _given = [];
    }

    /// <summary>Says which use is meant, where the one that goes on now may not go on. Behind a barrier, <see cref="IsTold"/> says whether it still goes on.</summary>
    /// <returns>The use; 0 where it may go on, was told before, or there is none.</returns>
    public long Mean(RunningCallJudge judge, out VerdictReason? reason)
    {
        reason = null;
        long use = Volatile.Read(ref _use);
        if (use == 0 || use == _told || _session is not { } session || _tool is not { } tool || judge(session, tool, _given) is not { } found)
        {
            return 0;
        }

        reason = found;
        Volatile.Write(ref _told, use);
        return use;
    }

    /// <summary>Whether the use that was meant still goes on; if so, its token is the caller's to cancel.</summary>
    public bool IsTold(long use, VerdictReason? reason)
    {
        if (Volatile.Read(ref _use) != use)
        {
            return false;
        }

        Volatile.Write(ref _stopped, reason);
        return true;
    }
}
