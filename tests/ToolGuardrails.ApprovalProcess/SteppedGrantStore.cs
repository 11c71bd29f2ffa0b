namespace ToolGuardrails.ApprovalProcess;

/// <summary>A store of grants that reaches a step before and after each of its changes. What every call asks it leaves nothing behind.</summary>
internal sealed class SteppedGrantStore(IGrantStore inner, Steps steps) : IGrantStore
{
    public long ReadVersion() => inner.ReadVersion();

    public IReadOnlyList<StoredGrant> ReadInForce() => inner.ReadInForce();

    public ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken) => AroundAsync("give", () => inner.TryAddAsync(grant, cancellationToken));

    public ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken) => AroundAsync("end", () => inner.TryReplaceAsync(next, cancellationToken));

    public ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken) => AroundAsync("use", () => inner.TryUseAsync(id, most, cancellationToken));

    public ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken) => inner.ReadAsync(most, cancellationToken);

    private async ValueTask<bool> AroundAsync(string operation, Func<ValueTask<bool>> perform)
    {
        steps.Reach($"before-{operation}");
        bool done = await perform();
        steps.Reach($"after-{operation}");
        return done;
    }
}
