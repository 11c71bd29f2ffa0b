namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A store each of whose operations waits for its turn.</summary>
internal sealed class GatedApprovalStore(IApprovalStore inner, Play play) : IApprovalStore
{
    public ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken) => KeepAsync("add", approval, inner.TryAddAsync, cancellationToken);

    public ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken) => KeepAsync("replace", next, inner.TryReplaceAsync, cancellationToken);

    public ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken) =>
        play.StepAsync("find", () => inner.FindAsync(id, cancellationToken), play.History.Says);

    public ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken) =>
        play.StepAsync("find-latest", () => inner.FindLatestAsync(digest, cancellationToken), play.History.Says);

    public ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken) =>
        play.StepAsync("find-last-approved", () => inner.FindLastApprovedAsync(agent, tool, tenant, cancellationToken), play.History.Says);

    // All of them are read only to measure how people decide: nothing depends on it, so nobody else has a turn.
    public ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken) => filter == StoredApprovalFilter.All
        ? inner.ReadAsync(filter, most, cancellationToken)
        : play.StepAsync("read", () => inner.ReadAsync(filter, most, cancellationToken), all => string.Join('+', all.Select(play.History.Says)));

    private ValueTask<bool> KeepAsync(string operation, StoredApproval stored, Func<StoredApproval, CancellationToken, ValueTask<bool>> keep, CancellationToken cancellationToken)
    {
        DateTimeOffset judgedAt = play.Now;
        return play.StepAsync(
            operation,
            async () =>
            {
                bool kept = await keep(stored, cancellationToken);
                if (kept)
                {
                    play.History.Keep(stored, play.Schedule.Current?.Name ?? "stage", judgedAt, play.NextPlace());
                }

                return kept;
            },
            static kept => kept ? "yes" : "no");
    }
}
