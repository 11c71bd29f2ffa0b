namespace ToolGuardrails;

/// <summary>Keeps grants that people have given for a while. Processes that share a store share them, and their revocation.</summary>
/// <remarks>Law 5: while a store throws, every call is denied. Safe for parallel use, and where it is shared, by many processes.</remarks>
public interface IGrantStore
{
    /// <summary>Changes whenever a grant is added or replaced, by whomever; not when one is used. Asked before each call and again before its tool starts, so it takes a few microseconds at most.</summary>
    /// <returns>Any number that differs from the one before the change.</returns>
    long ReadVersion();

    /// <summary>Every grant in force, in the order in which they were added. Called when <see cref="ReadVersion"/> has changed; what it returns is at least as new as the version read before.</summary>
    IReadOnlyList<StoredGrant> ReadInForce();

    /// <summary>Keeps a new grant. When this completes, it is in force for everybody who reads the store.</summary>
    /// <param name="grant">The grant, of revision 1.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <returns>False, and nothing is changed, where its id is taken.</returns>
    ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken);

    /// <summary>Replaces the revision before this one. When this completes with a grant that isn't in force any more, nobody can use it.</summary>
    /// <param name="next">The grant's next revision.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <returns>False, and nothing is changed, unless what is kept has the revision <c>next.Revision - 1</c>; and where what is kept isn't in force and the next is.</returns>
    ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken);

    /// <summary>Counts one use, or none.</summary>
    /// <param name="id">The grant's id.</param>
    /// <param name="most">How often it may be used in all.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <returns>Whether it was in force and had been used less often than <paramref name="most"/>. Of parallel calls, exactly as many get true as there were uses left.</returns>
    ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken);

    /// <summary>One grant; null where there is none of this id.</summary>
    /// <param name="id">The grant's id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Grants in the order in which they were added, those that have ended too.</summary>
    /// <param name="most">How many at most, from 1; those added last where there are more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken);
}
