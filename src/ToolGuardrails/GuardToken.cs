namespace ToolGuardrails;

/// <summary>The token that guards get: cancelled with the caller's, and when one of them takes too long. Used again where every guard has answered at once.</summary>
internal sealed class GuardToken
{
    [ThreadStatic]
    private static GuardToken? _spare;

    private CancellationTokenRegistration _caller;

    private CancellationTokenSource Ends { get; } = new();

    public CancellationToken Token => Ends.Token;

    public static GuardToken Rent(CancellationToken caller)
    {
        GuardToken token = _spare ?? new GuardToken();
        _spare = null;
        if (caller.CanBeCanceled)
        {
            token._caller = caller.UnsafeRegister(static s => ((CancellationTokenSource)s!).CancelQuietly(), token.Ends);
        }

        return token;
    }

    /// <summary>Gives it back once every guard that has it has answered.</summary>
    public void Return()
    {
        // Used again only where nobody can cancel it any more.
        bool free = (_caller == default || _caller.Unregister()) && Ends.TryReset();
        _caller = default;
        _spare = free ? this : null;
    }

    /// <summary>Lets go of the caller's token; for one that isn't given back.</summary>
    public void Release() => _caller.Unregister();

    public void Cancel() => Ends.CancelQuietly();
}
