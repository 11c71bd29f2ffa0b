namespace ToolGuardrails;

/// <summary>Keeps grants in memory: they end with the process. The default; use a store on disk where several processes share them.</summary>
public sealed class InMemoryGrantStore : IGrantStore
{
    private const int EndedKept = 256;

    private readonly Lock _lock = new();
    private readonly List<StoredGrant> _all = [];
    private long _version;

    /// <inheritdoc/>
    public long ReadVersion() => Volatile.Read(ref _version);

    /// <inheritdoc/>
    public IReadOnlyList<StoredGrant> ReadInForce()
    {
        lock (_lock)
        {
            return [.. _all.Where(static g => g.IsInForce)];
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grant);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_all.Exists(g => g.Id == grant.Id))
            {
                return new(false);
            }

            _all.Add(With(grant, uses: 0));
            Changed();
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(next);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            int at = _all.FindIndex(g => g.Id == next.Id);
            if (at < 0 || _all[at].Revision != next.Revision - 1 || (next.IsInForce && !_all[at].IsInForce))
            {
                return new(false);
            }

            _all[at] = With(next, _all[at].Uses);
            Changed();
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            int at = _all.FindIndex(g => g.Id == id);
            if (at < 0 || !_all[at].IsInForce || _all[at].Uses >= most)
            {
                return new(false);
            }

            _all[at] = With(_all[at], _all[at].Uses + 1);
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new(_all.Find(g => g.Id == id));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new([.. _all.TakeLast(most)]);
        }
    }

    private void Changed()
    {
        int ended = _all.Count(static g => !g.IsInForce);
        _all.RemoveAll(g => !g.IsInForce && ended-- > EndedKept);
        Volatile.Write(ref _version, _version + 1);
    }

    private static StoredGrant With(StoredGrant grant, int uses) =>
        new() { Id = grant.Id, Revision = grant.Revision, IsInForce = grant.IsInForce, Uses = uses, Content = grant.Content };
}
