namespace ToolGuardrails;

/// <summary>Keeps suspensions in memory: they end with the process. The default; use a store on disk where a suspension has to survive a restart.</summary>
public sealed class InMemorySuspensionStore : ISuspensionStore
{
    private const int LiftedKept = 256;

    private readonly Lock _lock = new();
    private readonly List<Suspension> _all = [];
    private long _version;

    /// <inheritdoc/>
    public long ReadVersion() => Volatile.Read(ref _version);

    /// <inheritdoc/>
    public IReadOnlyList<Suspension> Read()
    {
        lock (_lock)
        {
            return [.. _all];
        }
    }

    /// <inheritdoc/>
    public ValueTask AddAsync(Suspension suspension, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(suspension);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_all.Exists(s => s.Id == suspension.Id))
            {
                throw new InvalidOperationException($"The store has a suspension '{suspension.Id}' already; make a new one with Suspension.Create.");
            }

            _all.Add(suspension);
            Changed();
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryLiftAsync(string id, SuspensionLift lift, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(lift);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            int at = _all.FindIndex(s => s.Id == id && s.IsInForce);
            if (at < 0 || !_all[at].MayBeLiftedBy(lift.By))
            {
                return new(false);
            }

            _all[at] = _all[at].LiftedBy(lift);
            Changed();
            return new(true);
        }
    }

    private void Changed()
    {
        int lifted = _all.Count(static s => !s.IsInForce);
        _all.RemoveAll(s => !s.IsInForce && lifted-- > LiftedKept);
        Volatile.Write(ref _version, _version + 1);
    }
}
