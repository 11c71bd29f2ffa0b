using System.Collections.Concurrent;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Scoping;

/// <summary>What people have given for a while, and how much of it is left.</summary>
internal sealed class GrantBook(IGrantStore store, TimeSpan timeout, TimeProvider time)
{
    private readonly Deadlines _deadlines = new(time);
    private readonly StoreDeadline _deadline = new(timeout, time);
    private readonly ConcurrentDictionary<string, bool> _usedUp = new(StringComparer.Ordinal);

    public long ReadVersion() => store.ReadVersion();

    /// <summary>What is in force. The version comes first: what is read after it is at least as new.</summary>
    public GrantState Read()
    {
        long version = store.ReadVersion();
        var state = GrantState.Of(version, store.ReadInForce(), IsUsable);
        foreach (IssuedGrant grant in state.All)
        {
            _ = HasEnded(grant); // Its monotonic time begins here.
        }

        return state;
    }

    /// <summary>Whether a grant's time is over, by whichever clock says so first (T38).</summary>
    public bool HasEnded(IssuedGrant grant) => _deadlines.HasPassed(grant.Id, grant.Until, grant.Lasts);

    /// <summary>Uses a grant for one call. The store counts, so that of parallel calls, in several processes too, exactly as many get through as there were uses left.</summary>
    public async ValueTask<bool> TryUseAsync(IssuedGrant grant)
    {
        if (HasEnded(grant) || !await Within(store.TryUseAsync(grant.Id, grant.MostUses, CancellationToken.None)).ConfigureAwait(false))
        {
            _usedUp[grant.Id] = true;
            return false;
        }

        if (await Within(store.FindAsync(grant.Id, CancellationToken.None)).ConfigureAwait(false) is { } now && now.Uses >= grant.MostUses)
        {
            _usedUp[grant.Id] = true; // So that nobody is asked about a call that has no use left.
        }

        return true;
    }

    private bool IsUsable(IssuedGrant grant) => grant.Uses < grant.MostUses && !_usedUp.ContainsKey(grant.Id) && !HasEnded(grant);

    private ValueTask<T> Within<T>(ValueTask<T> answer) => _deadline.WaitAsync(answer, CancellationToken.None);
}
