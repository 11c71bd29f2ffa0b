namespace ToolGuardrails;

/// <summary>Keeps approval requests in memory: they end with the process. The default; use a store on disk where a request has to survive a restart, or where people decide in another process.</summary>
public sealed class InMemoryApprovalStore : IApprovalStore
{
    private const int ClosedKept = 1024;

    private readonly Lock _lock = new();
    private readonly List<StoredApproval> _all = [];

    /// <inheritdoc/>
    public ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(approval);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_all.Exists(a => a.Id == approval.Id || (a.IsOpen && approval.IsOpen && a.Digest == approval.Digest)))
            {
                return new(false);
            }

            _all.Add(approval);
            Forget();
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(next);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            int at = _all.FindIndex(a => a.Id == next.Id);
            if (at < 0 || _all[at].Revision != next.Revision - 1 || (next.IsOpen && !_all[at].IsOpen && _all.Exists(a => a.IsOpen && a.Digest == next.Digest)))
            {
                return new(false);
            }

            _all[at] = next;
            Forget();
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Find(a => a.Id == id, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return Find(a => a.Digest == digest, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(tool);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new(_all.Where(a => a.ApprovedAt is not null && a.Agent == agent && a.Tool == tool && a.Tenant == tenant).Reverse().MaxBy(static a => a.ApprovedAt));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new([.. _all.Where(a => filter switch { StoredApprovalFilter.Open => a.IsOpen, StoredApprovalFilter.Unrecorded => a.IsUnrecorded, _ => true }).TakeLast(most)]);
        }
    }

    private ValueTask<StoredApproval?> Find(Predicate<StoredApproval> match, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new(_all.FindLast(match));
        }
    }

    private void Forget()
    {
        int closed = _all.Count(static a => !a.IsOpen && !a.IsUnrecorded);
        _all.RemoveAll(a => !a.IsOpen && !a.IsUnrecorded && closed-- > ClosedKept);
    }
}
