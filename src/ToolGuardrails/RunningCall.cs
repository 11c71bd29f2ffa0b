namespace ToolGuardrails;

/// <summary>A call whose tool is being started or runs, and the token that it got: cancelled by the caller, and when the call is suspended.</summary>
internal sealed class RunningCall
{
    private CancellationTokenRegistration _caller;

    public CancellationTokenSource Ends { get; } = new();

    /// <summary>The call's session; null while this isn't in use.</summary>
    public SessionIdentity? Session { get; private set; }

    public ToolInfo? Tool { get; private set; }

    /// <summary>What people have given for a while and the call relies on.</summary>
    public IssuedGrant[] Given { get; private set; } = [];

    /// <summary>Where this stands in the list of those in use.</summary>
    public int Place { get; set; }

    /// <summary>Whether the tool hasn't returned to its caller for the first time.</summary>
    public bool IsStarting { get; set; }

    /// <summary>Why it was told to stop; null where nobody told it.</summary>
    public VerdictReason? Stopped { get; set; }

    public void Begin(in ToolCall call, CancellationToken caller)
    {
        Session = call.Session;
        Tool = call.Tool;
        Given = call.Given.Length == 0 ? [] : call.Given.ToArray();
        IsStarting = true;
        Stopped = null;
        _caller = caller.UnsafeRegister(static s => ((CancellationTokenSource)s!).CancelQuietly(), Ends);
    }

    /// <summary>Ends it.</summary>
    /// <returns>Whether nobody can cancel its token any more, so that it can be used again.</returns>
    public bool End(bool atOnce)
    {
        bool free = _caller.Unregister() || !_caller.Token.CanBeCanceled;
        _caller = default;
        Session = null;
        Tool = null;
        return free && atOnce && Stopped is null && Ends.TryReset();
    }
}
