using ToolGuardrails.Approval;

namespace ToolGuardrails.Tests.Faults;

/// <summary>A store one of whose operations fails.</summary>
/// <param name="fault">How.</param>
/// <param name="at">Which, from 1; nothing is counted before <see cref="Begin"/>.</param>
/// <param name="afterwards">Whether the operation is done before it fails, as when a connection breaks while the answer is on its way.</param>
internal sealed class FaultyApprovalStore(string fault, int at, bool afterwards) : IApprovalStore
{
    private readonly InMemoryApprovalStore _inner = new();
    private int _operations;
    private bool _counts;

    /// <summary>The operation that failed; null where there weren't so many.</summary>
    public string? Failed { get; private set; }

    /// <summary>Whether the operation that failed was the last one until now.</summary>
    public bool IsFailing => Failed is not null && Volatile.Read(ref _operations) == at;

    /// <summary>Whether an approval was used, and the caller told so.</summary>
    public bool HasConsented { get; private set; }

    public void Begin() => _counts = true;

    public ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken) => RunAsync("add", () => _inner.TryAddAsync(approval, cancellationToken));

    public async ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken)
    {
        bool replaced = await RunAsync("replace", () => _inner.TryReplaceAsync(next, cancellationToken));
        HasConsented |= replaced && ApprovalContent.Read(next).Status == ApprovalStatus.Started;
        return replaced;
    }

    public ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken) => RunAsync("find", () => _inner.FindAsync(id, cancellationToken));

    public ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken) => RunAsync("find-latest", () => _inner.FindLatestAsync(digest, cancellationToken));

    public ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken) =>
        RunAsync("find-last-approved", () => _inner.FindLastApprovedAsync(agent, tool, tenant, cancellationToken));

    public ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken) => RunAsync("read", () => _inner.ReadAsync(filter, most, cancellationToken));

    private async ValueTask<T> RunAsync<T>(string operation, Func<ValueTask<T>> run)
    {
        if (!_counts || ++_operations != at)
        {
            return await run();
        }

        Failed = operation;
        if (afterwards)
        {
            await run();
        }

        return await Fault.Play<T>(fault);
    }
}
