namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A store of grants whose changes and uses wait for their turn. What it is asked before each call it answers at once, as it has to; so does what only reads one grant, for what it finds was so at the reader's last turn.</summary>
internal sealed class GatedGrantStore(IGrantStore inner, Play play) : IGrantStore
{
    public long ReadVersion() => inner.ReadVersion();

    public IReadOnlyList<StoredGrant> ReadInForce() => inner.ReadInForce();

    public ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken) => play.StepAsync(
        "give",
        async () =>
        {
            bool added = await inner.TryAddAsync(grant, cancellationToken);
            play.Grants.Give(grant, added);
            return added;
        },
        static added => added ? "yes" : "no");

    // An end that nobody has made is bookkeeping: it takes a grant off the list that nobody can use any more.
    public ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken) => IssuedGrant.Read(next).Revoked is null
        ? ReplaceAsync(next, cancellationToken)
        : play.StepAsync("revoke", () => ReplaceAsync(next, cancellationToken), static replaced => replaced ? "yes" : "no");

    // Two steps, because others can come between the count and the caller's learning of it.
    public async ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken)
    {
        bool used = await play.StepAsync(
            "use",
            async () =>
            {
                bool counted = await inner.TryUseAsync(id, most, cancellationToken);
                play.Grants.Use(id, most, counted, play.Schedule.Current?.Name ?? "stage", play.NextPlace());
                return counted;
            },
            static counted => counted ? "yes" : "no");
        return await play.StepAsync(
            "used",
            () =>
            {
                play.Grants.Tell(used);
                return new ValueTask<bool>(used);
            },
            static _ => "");
    }

    public ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken) => inner.ReadAsync(most, cancellationToken);

    private async ValueTask<bool> ReplaceAsync(StoredGrant next, CancellationToken cancellationToken)
    {
        bool replaced = await inner.TryReplaceAsync(next, cancellationToken);
        play.Grants.Replace(next, replaced);
        return replaced;
    }
}
