namespace ToolGuardrails.ApprovalProcess;

/// <summary>A store that reaches a step before and after each of its changes, and before each look: a look leaves nothing behind.</summary>
internal sealed class SteppedStore(IApprovalStore inner, Steps steps) : IApprovalStore
{
    public ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken) =>
        AroundAsync("add", () => inner.TryAddAsync(approval, cancellationToken));

    public ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken) =>
        AroundAsync("replace", () => inner.TryReplaceAsync(next, cancellationToken));

    public ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken) =>
        BeforeAsync("find", () => inner.FindAsync(id, cancellationToken));

    public ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken) =>
        BeforeAsync("find-latest", () => inner.FindLatestAsync(digest, cancellationToken));

    public ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken) =>
        BeforeAsync("find-last-approved", () => inner.FindLastApprovedAsync(agent, tool, tenant, cancellationToken));

    public ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken) =>
        BeforeAsync("read", () => inner.ReadAsync(filter, most, cancellationToken));

    private ValueTask<T> BeforeAsync<T>(string operation, Func<ValueTask<T>> perform)
    {
        steps.Reach($"before-{operation}");
        return perform();
    }

    private async ValueTask<bool> AroundAsync(string operation, Func<ValueTask<bool>> perform)
    {
        bool done = await BeforeAsync(operation, perform);
        steps.Reach($"after-{operation}");
        return done;
    }
}
