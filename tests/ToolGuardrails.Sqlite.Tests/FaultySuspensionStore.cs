namespace ToolGuardrails.Tests.Stores;

/// <summary>A store of suspensions with one fault.</summary>
internal sealed class FaultySuspensionStore(SuspensionFault fault) : ISuspensionStore
{
    private readonly Lock _lock = new();
    private readonly LostRace _race = new();
    private readonly List<Suspension> _all = [];
    private long _version;

    public long ReadVersion() => fault == SuspensionFault.ChangesVersionAlways ? Interlocked.Increment(ref _version) : Volatile.Read(ref _version);

    public IReadOnlyList<Suspension> Read()
    {
        lock (_lock)
        {
            return [.. _all.Where(s => s.IsInForce || fault != SuspensionFault.ForgetsLifted)];
        }
    }

    public ValueTask AddAsync(Suspension suspension, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        lock (_lock)
        {
            if (fault != SuspensionFault.TakesDuplicates && _all.Exists(s => s.Id == suspension.Id))
            {
                throw new InvalidOperationException("It is there.");
            }

            _all.Add(Altered(suspension));
            _version++;
        }

        return default;
    }

    public async ValueTask<bool> TryLiftAsync(string id, SuspensionLift lift, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        if (Find(id) is not { } found || !MayLift(found, lift.By))
        {
            return false;
        }

        if (fault == SuspensionFault.Races && id == _all[0].Id)
        {
            await _race.LookedAsync();
        }

        lock (_lock)
        {
            if (fault is not (SuspensionFault.Races or SuspensionFault.LiftsTwice) && Find(id) is null)
            {
                return false;
            }

            _all[_all.FindIndex(s => s.Id == id)] = Copy(found, found.Reason, found.Subject, lift);
            _version += fault == SuspensionFault.KeepsVersionOnLift ? 0 : 1;
            return true;
        }
    }

    private Suspension? Find(string id)
    {
        lock (_lock)
        {
            return _all.Find(s => s.Id == id && (s.IsInForce || fault == SuspensionFault.LiftsTwice));
        }
    }

    private bool MayLift(Suspension suspension, Principal person) => fault switch
    {
        SuspensionFault.LetsAgentsLift => person.IsAgent || suspension.MayBeLiftedBy(person),
        SuspensionFault.LetsSubjectLift => !person.IsAgent && person != suspension.Subject,
        _ => suspension.MayBeLiftedBy(person),
    };

    private void Cancel(CancellationToken cancellationToken)
    {
        if (fault != SuspensionFault.IgnoresCancellation)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Suspension Altered(Suspension s) => fault switch
    {
        SuspensionFault.ForgetsSubject => Copy(s, s.Reason, null, s.Lifted),
        SuspensionFault.CutsReason => Copy(s, s.Reason.Split('\0')[0], s.Subject, s.Lifted),
        _ => s,
    };

    private static Suspension Copy(Suspension s, string reason, Principal? subject, SuspensionLift? lift) =>
        new() { Id = s.Id, Target = s.Target, By = s.By, Reason = reason, Since = s.Since, Subject = subject, Lifted = lift };
}
