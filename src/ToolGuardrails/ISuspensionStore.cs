namespace ToolGuardrails;

/// <summary>Keeps suspensions. Processes that share a store stop together.</summary>
/// <remarks>Law 5: while a store throws, every call is denied. Safe for parallel use.</remarks>
public interface ISuspensionStore
{
    /// <summary>Changes whenever a suspension is added or lifted, by whomever. Asked before each call and again before its tool starts, so it takes a few microseconds at most.</summary>
    /// <returns>Any number that differs from the one before the change.</returns>
    long ReadVersion();

    /// <summary>Every suspension in force, and those lifted lately. Called when <see cref="ReadVersion"/> has changed; what it returns is at least as new as the version read before.</summary>
    IReadOnlyList<Suspension> Read();

    /// <summary>Keeps a suspension. When this completes, it is in force for everybody who reads the store.</summary>
    /// <param name="suspension">The suspension.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask AddAsync(Suspension suspension, CancellationToken cancellationToken);

    /// <summary>Lifts a suspension that is in force.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="lift">By whom, when and why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether it was in force and this person may lift it (<see cref="Suspension.MayBeLiftedBy"/>).</returns>
    ValueTask<bool> TryLiftAsync(string id, SuspensionLift lift, CancellationToken cancellationToken);
}
