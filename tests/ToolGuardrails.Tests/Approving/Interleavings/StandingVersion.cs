namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A faulty store: its version tells of what is given, and not of what is taken back.</summary>
internal sealed class StandingVersion : IGrantStore
{
    private readonly InMemoryGrantStore _inner = new();
    private long _given;

    public long ReadVersion() => _given;

    public IReadOnlyList<StoredGrant> ReadInForce() => _inner.ReadInForce();

    public ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken)
    {
        _given++;
        return _inner.TryAddAsync(grant, cancellationToken);
    }

    public ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken) => _inner.TryReplaceAsync(next, cancellationToken);

    public ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken) => _inner.TryUseAsync(id, most, cancellationToken);

    public ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken) => _inner.FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken) => _inner.ReadAsync(most, cancellationToken);
}
