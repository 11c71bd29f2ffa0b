namespace ToolGuardrails;

/// <summary>What people have given for a while: to list it, and to take it back at once.</summary>
public sealed class GrantRegister
{
    private readonly IGrantStore _store;
    private readonly TimeProvider _time;
    private readonly Func<IssuedGrant, Task>? _changed;

    /// <summary>Makes a register of a store that hosts share.</summary>
    /// <param name="store">The store.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public GrantRegister(IGrantStore store, TimeProvider? time = null)
        : this(store, time ?? TimeProvider.System, changed: null)
    {
    }

    internal GrantRegister(IGrantStore store, TimeProvider time, Func<IssuedGrant, Task>? changed)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _time = time;
        _changed = changed;
    }

    /// <summary>Grants in the order in which they were given.</summary>
    /// <param name="inForceOnly">Whether only those are wanted that may still be used.</param>
    /// <param name="most">How many are looked at, from 1: those given last.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<IReadOnlyList<IssuedGrant>> ReadAsync(bool inForceOnly = true, int most = 256, CancellationToken cancellationToken = default)
    {
        IEnumerable<IssuedGrant> read = (await _store.ReadAsync(most, cancellationToken).ConfigureAwait(false)).Select(IssuedGrant.Read);
        DateTimeOffset now = _time.GetUtcNow();
        return [.. read.Where(g => !inForceOnly || (g.IsInForce && g.Until > now && g.Uses < g.MostUses))];
    }

    /// <summary>One grant; null where there is none of this id.</summary>
    /// <param name="id">The grant's id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<IssuedGrant?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        return await _store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } stored ? IssuedGrant.Read(stored) : null;
    }

    /// <summary>Takes a grant back at once, also from calls that wait. When this completes, no call uses it any more; a tool that runs because of it is told to stop, as by a suspension, where this register is a pipeline's.</summary>
    /// <param name="id">The grant's id.</param>
    /// <param name="by">Who takes it back. Anybody may: it is the safe direction.</param>
    /// <param name="reason">Why, in a sentence of at most 1,000 characters. It is recorded.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether it was in force.</returns>
    /// <exception cref="ArgumentException">The reason is empty or too long.</exception>
    public ValueTask<bool> RevokeAsync(string id, Principal by, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(by);
        Suspension.CheckReason(reason);
        var revocation = new GrantRevocation(by, reason, _time.GetUtcNow());
        return ChangeAsync(id, g => g.IsInForce ? g with { Revoked = revocation, IsInForce = false } : null, cancellationToken);
    }

    /// <summary>Says, as the second person, whether it was right to break the glass. If not, the grant ends with this.</summary>
    /// <param name="id">The id of a grant of kind <see cref="IssuedGrantKind.BreakGlass"/>.</param>
    /// <param name="by">Who: a human, neither the one who broke it nor the person the agent acts for.</param>
    /// <param name="isJustified">Whether it was right.</param>
    /// <param name="comment">What there is to say, in at most 1,000 characters. It is recorded.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether it waited for a review and this person may give one.</returns>
    /// <exception cref="ArgumentException">The comment is empty or too long.</exception>
    public ValueTask<bool> ReviewAsync(string id, Principal by, bool isJustified, string comment, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(by);
        Suspension.CheckReason(comment);
        var review = new GrantReview(by, isJustified, comment, _time.GetUtcNow());
        return ChangeAsync(id, g => MayReview(g, by) ? g with { Review = review, IsInForce = g.IsInForce && isJustified } : null, cancellationToken);
    }

    /// <summary>Puts a grant in force, once: one that was revoked doesn't come back.</summary>
    internal async ValueTask AddAsync(IssuedGrant grant, CancellationToken cancellationToken)
    {
        if (await _store.TryAddAsync(grant.ToStored(), cancellationToken).ConfigureAwait(false))
        {
            await (_changed?.Invoke(grant) ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    private static bool MayReview(IssuedGrant grant, Principal by) =>
        grant is { Kind: IssuedGrantKind.BreakGlass, Review: null } && !by.IsAgent
        && grant.GivenBy.Append(grant.Subject).All(p => !string.Equals(p?.ToString(), by.ToString(), StringComparison.OrdinalIgnoreCase));

    private async ValueTask<bool> ChangeAsync(string id, Func<IssuedGrant, IssuedGrant?> change, CancellationToken cancellationToken)
    {
        while (await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } now)
        {
            if (change(now) is not { } next)
            {
                return false;
            }

            if (await _store.TryReplaceAsync((next with { Revision = now.Revision + 1 }).ToStored(), cancellationToken).ConfigureAwait(false))
            {
                await (_changed?.Invoke(next) ?? Task.CompletedTask).ConfigureAwait(false);
                return true;
            }
        }

        return false;
    }
}
