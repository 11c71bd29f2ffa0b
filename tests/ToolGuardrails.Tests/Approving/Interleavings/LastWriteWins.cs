namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A faulty store: it doesn't look at revisions, so that whoever writes last wins.</summary>
internal sealed class LastWriteWins : IApprovalStore
{
    private readonly List<StoredApproval> _all = [];

    public ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken)
    {
        _all.Add(approval);
        return new(true);
    }

    public ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken)
    {
        _all[_all.FindIndex(a => a.Id == next.Id)] = next;
        return new(true);
    }

    public ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken) => new(_all.FindLast(a => a.Id == id));

    public ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken) => new(_all.FindLast(a => a.Digest == digest));

    public ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken) => new(_all.FindLast(static a => a.ApprovedAt is not null));

    public ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken) => new([.. _all]);
}
