using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>A store of grants under test, and short words for what the checks do with it.</summary>
internal sealed class GrantSubject(IGrantStore store) : IAsyncDisposable
{
    public IGrantStore Store { get; } = store ?? throw new ArgumentException("The factory made no store.", nameof(store));

    public static StoredGrant Some(string id, long revision = 1, bool isInForce = true, int uses = 0, ReadOnlyMemory<byte> content = default) =>
        new() { Id = id, Revision = revision, IsInForce = isInForce, Uses = uses, Content = content };

    public async Task<StoredGrant> AddAsync(StoredGrant grant)
    {
        await ExpectAddAsync(true, grant, "a new grant").ConfigureAwait(false);
        return grant;
    }

    public async Task ExpectAddAsync(bool expected, StoredGrant grant, string what)
    {
        if (await Answer.OfAsync($"'{grant.Id}' is added", () => Store.TryAddAsync(grant, CancellationToken.None)).ConfigureAwait(false) != expected)
        {
            throw new BrokenContractException($"It {(expected ? "refuses" : "takes")} {what}.");
        }
    }

    public async Task ExpectReplaceAsync(bool expected, StoredGrant next, string what)
    {
        if (await TryReplaceAsync(next).ConfigureAwait(false) != expected)
        {
            throw new BrokenContractException($"It {(expected ? "doesn't replace" : "replaces")} {what}.");
        }
    }

    public async Task ExpectUseAsync(bool expected, string id, int most, string what)
    {
        if (await TryUseAsync(id, most).ConfigureAwait(false) != expected)
        {
            throw new BrokenContractException($"It {(expected ? "refuses" : "counts")} {what}.");
        }
    }

    public Task<bool> TryReplaceAsync(StoredGrant next) => Answer.OfAsync($"'{next.Id}' is replaced", () => Store.TryReplaceAsync(next, CancellationToken.None));

    public Task<bool> TryUseAsync(string id, int most) => Answer.OfAsync($"'{id}' is used", () => Store.TryUseAsync(id, most, CancellationToken.None));

    public Task<StoredGrant?> FindAsync(string id) => Answer.OfAsync($"'{id}' is looked for", () => Store.FindAsync(id, CancellationToken.None));

    public Task<IReadOnlyList<StoredGrant>> ReadAsync(int most) => Answer.OfAsync("it is read", () => Store.ReadAsync(most, CancellationToken.None));

    /// <summary>Every member has to be what it was, to the byte, with so many uses; and the grant is among those in force, or not.</summary>
    public async Task CompareAsync(StoredGrant given, int uses = 0)
    {
        Compare(given, uses, await FindAsync(given.Id).ConfigureAwait(false) ?? throw new BrokenContractException($"It doesn't find the grant '{given.Id}', which was added."));
        StoredGrant[] inForce = [.. Store.ReadInForce().Where(g => g.Id == given.Id)];
        if (inForce.Length != (given.IsInForce ? 1 : 0))
        {
            throw new BrokenContractException($"ReadInForce has {inForce.Length} grants of an id whose grant is {(given.IsInForce ? "" : "not ")}in force.");
        }

        Array.ForEach(inForce, g => Compare(given, uses, g));
    }

    public static void Compare(StoredGrant given, int uses, StoredGrant kept)
    {
        const string What = "a grant";
        ReadBack.Compare(What, "Id", given.Id, kept.Id);
        ReadBack.Compare(What, "Revision", given.Revision, kept.Revision);
        ReadBack.Compare(What, "IsInForce", given.IsInForce, kept.IsInForce);
        ReadBack.Compare(What, "Uses", uses, kept.Uses);
        ReadBack.CompareContent(What, given.Content, kept.Content);
    }

    public ValueTask DisposeAsync() => Disposal.DisposeAsync(Store);

    /// <summary>The store's type.</summary>
    public override string ToString() => Store.GetType().Name;
}
