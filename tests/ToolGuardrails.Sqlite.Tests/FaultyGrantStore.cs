namespace ToolGuardrails.Tests.Stores;

/// <summary>A store of grants with one fault.</summary>
internal sealed class FaultyGrantStore(GrantFault fault) : IGrantStore
{
    private readonly Lock _lock = new();
    private readonly LostRace _race = new();
    private readonly TaskCompletionSource _ending = new(), _usedMeanwhile = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<StoredGrant> _all = [];
    private long _version;

    public long ReadVersion() => Volatile.Read(ref _version);

    public IReadOnlyList<StoredGrant> ReadInForce()
    {
        lock (_lock)
        {
            return [.. _all.Where(g => g.IsInForce || fault == GrantFault.ReadsEnded)];
        }
    }

    public ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        lock (_lock)
        {
            if (fault != GrantFault.TakesDuplicates && _all.Exists(g => g.Id == grant.Id))
            {
                return new(false);
            }

            ReadOnlyMemory<byte> content = fault == GrantFault.CutsContent ? grant.Content[..Math.Min(grant.Content.Length, ushort.MaxValue)] : grant.Content;
            _all.Add(new StoredGrant { Id = grant.Id, Revision = grant.Revision, IsInForce = grant.IsInForce, Uses = fault == GrantFault.BelievesUses ? grant.Uses : 0, Content = content });
            _version++;
            return new(true);
        }
    }

    public async ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        if (Find(next.Id) is not { } seen || !MayReplace(seen, next))
        {
            return false;
        }

        if (fault == GrantFault.RacesOnReplace)
        {
            await _race.LookedAsync();
        }

        if (fault == GrantFault.RacesOnEnd)
        {
            _ending.TrySetResult();
            await _usedMeanwhile.Task;
        }

        lock (_lock)
        {
            int at = _all.FindIndex(g => g.Id == next.Id);
            if (fault != GrantFault.RacesOnReplace && !MayReplace(_all[at], next))
            {
                return false;
            }

            _all[at] = With(next, fault switch { GrantFault.LosesUses => next.Uses, GrantFault.RacesOnEnd => seen.Uses, _ => _all[at].Uses });
            _version += fault == GrantFault.KeepsVersionOnReplace ? 0 : 1;
            return true;
        }
    }

    public async ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        bool isEnding = _ending.Task.IsCompleted, isRaced;
        lock (_lock)
        {
            int at = _all.FindIndex(g => g.Id == id);
            if (at < 0 || !MayUse(_all[at], most))
            {
                return false;
            }

            // Only the last use is raced for, so that it is certain that two look at it.
            isRaced = fault == GrantFault.RacesOnUse && _all[at].Uses == most - 1;
            if (!isRaced)
            {
                Use(at);
            }
        }

        if (isRaced)
        {
            await _race.LookedAsync();
            lock (_lock)
            {
                Use(_all.FindIndex(g => g.Id == id));
            }
        }

        if (isEnding)
        {
            _usedMeanwhile.TrySetResult();
        }

        return true;
    }

    public ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        return new(Find(id));
    }

    public ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken)
    {
        Cancel(cancellationToken);
        lock (_lock)
        {
            return new([.. fault == GrantFault.ReadsNewestFirst ? Enumerable.Reverse(_all).Take(most) : _all.TakeLast(most)]);
        }
    }

    private StoredGrant? Find(string id)
    {
        lock (_lock)
        {
            return _all.Find(g => g.Id == id);
        }
    }

    private void Use(int at)
    {
        _all[at] = With(_all[at], _all[at].Uses + 1);
        _version += fault == GrantFault.ChangesVersionOnUse ? 1 : 0;
    }

    private bool MayReplace(StoredGrant kept, StoredGrant next)
    {
        bool isNext = fault switch
        {
            GrantFault.ReplacesLater => next.Revision > kept.Revision,
            GrantFault.ReplacesSame => next.Revision == kept.Revision || next.Revision == kept.Revision + 1,
            _ => next.Revision == kept.Revision + 1,
        };
        return isNext && (kept.IsInForce || !next.IsInForce || fault == GrantFault.BringsBack);
    }

    // One that ends late goes on for whoever had used it before.
    private bool MayUse(StoredGrant kept, int most) => kept.Uses < most + (fault == GrantFault.OneTooMany ? 1 : 0)
        && (kept.IsInForce || fault == GrantFault.UsesEnded || (fault == GrantFault.EndsLate && kept.Uses > 1));

    private void Cancel(CancellationToken cancellationToken)
    {
        if (fault != GrantFault.IgnoresCancellation)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static StoredGrant With(StoredGrant grant, int uses) =>
        new() { Id = grant.Id, Revision = grant.Revision, IsInForce = grant.IsInForce, Uses = uses, Content = grant.Content };
}
