using System.Runtime.CompilerServices;
using ToolGuardrails.Audit;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// Suspension: what stops calls at once, and who may let them go on.
public sealed partial class GuardrailPipeline
{
    // A tool that blocks its caller can't hold up whoever stops everything else.
    private static readonly TimeSpan BegunTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The suspensions in force, as this pipeline last saw them.</summary>
    public IReadOnlyList<Suspension> Suspensions => [.. CurrentEpoch().Suspensions.All.Where(static s => s.IsInForce)];

    /// <summary>Stops calls at once. When this completes, no tool of a suspended call starts any more in this process; tools that already run are told by their cancellation token, which doesn't mean that they stop. Recorded.</summary>
    /// <param name="target">What to stop.</param>
    /// <param name="by">Who stops it.</param>
    /// <param name="reason">Why, in a sentence of at most 1,000 characters. It is recorded and not shown to the model.</param>
    /// <param name="subject">For whom the agent acted; that person may not lift it. Null where nobody in particular is meant.</param>
    /// <param name="cancellationToken">Cancels while the store is asked.</param>
    /// <exception cref="ArgumentException">The reason is empty or too long.</exception>
    public async ValueTask<Suspension> SuspendAsync(SuspensionTarget target, Principal by, string reason, Principal? subject = null, CancellationToken cancellationToken = default)
    {
        Suspension suspension = Suspension.Create(target, by, reason, _time.GetUtcNow(), subject);
        await _suspensions.AddAsync(suspension, cancellationToken);
        (_, Task begun, Task recorded) = Refresh();
        Task waiting = begun.WaitAsync(BegunTimeout, _time, CancellationToken.None);
        await recorded;
        try
        {
            await waiting;
        }
        catch (TimeoutException)
        {
            // Those tools have begun, and block.
        }

        return suspension;
    }

    /// <summary>Lets suspended calls go on. Recorded.</summary>
    /// <param name="id">The suspension's id.</param>
    /// <param name="by">Who lifts it: a human other than the one for whom the suspended agent acted.</param>
    /// <param name="reason">Why, in a sentence of at most 1,000 characters. It is recorded.</param>
    /// <param name="cancellationToken">Cancels while the store is asked.</param>
    /// <returns>Whether it was in force and this person may lift it.</returns>
    /// <exception cref="ArgumentException">The reason is empty or too long.</exception>
    public async ValueTask<bool> LiftSuspensionAsync(string id, Principal by, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(by);
        Suspension.CheckReason(reason);
        bool lifted = await _suspensions.TryLiftAsync(id, new SuspensionLift(by, reason, _time.GetUtcNow()), cancellationToken);
        await Refresh().Recorded;
        return lifted;
    }

    // Asked before each call, and again before its tool starts.
    internal PolicyEpoch CurrentEpoch()
    {
        PolicyEpoch epoch = Epoch;
        return IsCurrent(epoch) ? epoch : Renewed(epoch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsCurrent(PolicyEpoch epoch) => _ownSuspensions is { } suspensions && _ownGrants is { } grants
        ? suspensions.ReadVersion() == epoch.Suspensions.Version && grants.ReadVersion() == epoch.Grants.Version
        : IsCurrentInStores(epoch);

    private bool IsCurrentInStores(PolicyEpoch epoch)
    {
        try
        {
            return _suspensions.ReadVersion() == epoch.Suspensions.Version && _grants.ReadVersion() == epoch.Grants.Version;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private PolicyEpoch Renewed(PolicyEpoch epoch)
    {
        epoch = ReadVersion(out _) is { } version && version == epoch.Suspensions.Version ? epoch : Refresh().Epoch;
        return AreGrantsCurrent(epoch) ? epoch : RefreshGrants();
    }

    private long? ReadVersion(out Exception? failure)
    {
        try
        {
            failure = null;
            return _suspensions.ReadVersion();
        }
        catch (Exception e)
        {
            failure = e;
            return null;
        }
    }

    // Law 5: while the store can't be read, nothing runs. The version comes first: what is read after it is at least as new.
    private SuspensionState ReadSuspensions(IReadOnlyList<Suspension> lastKnown, out Exception? failure)
    {
        if (ReadVersion(out failure) is { } version)
        {
            try
            {
                return SuspensionState.Of(version, _suspensions.Read());
            }
            catch (Exception e)
            {
                failure = e;
            }
        }

        return SuspensionState.Unreadable(lastKnown);
    }

    private (PolicyEpoch Epoch, Task Begun, Task Recorded) Refresh()
    {
        while (true)
        {
            PolicyEpoch before = Epoch;
            SuspensionState now = ReadSuspensions(before.Suspensions.All, out Exception? failure);
            if (now.Version == before.Suspensions.Version)
            {
                return (before, StopSuspended(before), Task.CompletedTask);
            }

            PolicyEpoch after = before.WithSuspensions(now);
            if (Interlocked.CompareExchange(ref _epoch, after, before) == before)
            {
                if (failure is not null)
                {
                    Log.StoreFailed(_logger, _suspensions.GetType().Name, failure);
                }

                Task begun = StopSuspended(after);
                return (after, begun, RecordChangesAsync(before.Suspensions.All, now, after.Policy?.Digest));
            }
        }
    }

    private Task StopSuspended(PolicyEpoch epoch) => _running.StopAsync(epoch.Judge);

    private async Task RecordChangesAsync(IReadOnlyList<Suspension> before, SuspensionState now, string? policyDigest)
    {
        Dictionary<string, bool> known = before.ToDictionary(static s => s.Id, static s => s.IsInForce, StringComparer.Ordinal);
        foreach (Suspension suspension in now.All)
        {
            bool isKnown = known.TryGetValue(suspension.Id, out bool wasInForce);
            if (isKnown ? wasInForce != suspension.IsInForce : suspension.IsInForce)
            {
                await TellAsync(suspension, policyDigest);
            }
        }
    }

    // What can't be recorded is in force all the same: a full disk must not keep anybody from stopping an agent.
    private async Task TellAsync(Suspension suspension, string? policyDigest)
    {
        if (suspension.Lifted is { } lift)
        {
            Log.SuspensionLifted(_logger, suspension.Target.ToString(), lift.By.ToString());
        }
        else
        {
            Log.Suspended(_logger, suspension.Target.ToString(), suspension.By.ToString());
        }

        if (!await Trail.SuspensionAsync(suspension, suspension.IsInForce ? "suspended" : "lifted", policyDigest))
        {
            Log.SuspensionNotRecorded(_logger, suspension.Target.ToString());
        }
    }
}
