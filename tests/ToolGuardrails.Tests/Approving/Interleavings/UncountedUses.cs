namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A faulty store: it lets a grant be used as often as anybody asks.</summary>
internal sealed class UncountedUses : IGrantStore
{
    private readonly InMemoryGrantStore _inner = new();

    public long ReadVersion() => _inner.ReadVersion();

    public IReadOnlyList<StoredGrant> ReadInForce() => _inner.ReadInForce();

    public ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken) => _inner.TryAddAsync(grant, cancellationToken);

    public ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken) => _inner.TryReplaceAsync(next, cancellationToken);

    public ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken) => _inner.TryUseAsync(id, int.MaxValue, cancellationToken);

    public ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken) => _inner.FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken) => _inner.ReadAsync(most, cancellationToken);
}
