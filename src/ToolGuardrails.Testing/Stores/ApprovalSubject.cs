using System.Globalization;
using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>A store of approval requests under test, and short words for what the checks do with it.</summary>
internal sealed class ApprovalSubject(IApprovalStore store) : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(new DateTime(2026, 1, 5, 9, 0, 0, DateTimeKind.Utc).AddTicks(1_234_567));

    public IApprovalStore Store { get; } = store ?? throw new ArgumentException("The factory made no store.", nameof(store));

    /// <summary>A digest that differs for each number.</summary>
    public static string Digest(int number) => number.ToString("x64", CultureInfo.InvariantCulture);

    public static StoredApproval Some(string id, string? digest = null, bool isOpen = true, bool isUnrecorded = false) => new()
    {
        Id = id,
        Digest = digest ?? Digest(1),
        Revision = 1,
        IsOpen = isOpen,
        IsUnrecorded = isUnrecorded,
        Agent = "support-agent",
        Tool = "db.write",
        RequestedAt = Now,
        Content = StoredContent.Of($"{{\"id\":\"{id}\"}}"),
    };

    public static StoredApproval Approved(string id, string agent, string tool, string? tenant, DateTimeOffset? at) => new()
    {
        Id = id,
        Digest = Digest(1),
        Revision = 1,
        IsOpen = false,
        IsUnrecorded = false,
        Agent = agent,
        Tool = tool,
        Tenant = tenant,
        RequestedAt = Now,
        ApprovedAt = at,
        Content = default,
    };

    /// <summary>A later revision of a request.</summary>
    public static StoredApproval Next(StoredApproval of, long revision, bool isOpen = true, bool isUnrecorded = false, DateTimeOffset? approvedAt = null, ReadOnlyMemory<byte> content = default) => new()
    {
        Id = of.Id,
        Digest = of.Digest,
        Revision = revision,
        IsOpen = isOpen,
        IsUnrecorded = isUnrecorded,
        Agent = of.Agent,
        Tool = of.Tool,
        Tenant = of.Tenant,
        RequestedAt = of.RequestedAt,
        ApprovedAt = approvedAt,
        Content = content,
    };

    public async Task ExpectAddAsync(bool expected, StoredApproval approval, string what)
    {
        if (await TryAddAsync(approval).ConfigureAwait(false) != expected)
        {
            throw new BrokenContractException($"It {(expected ? "refuses" : "takes")} {what}.");
        }
    }

    public async Task ExpectReplaceAsync(bool expected, StoredApproval next, string what)
    {
        if (await TryReplaceAsync(next).ConfigureAwait(false) != expected)
        {
            throw new BrokenContractException($"It {(expected ? "doesn't replace" : "replaces")} {what}.");
        }
    }

    public async Task<StoredApproval> AddAsync(StoredApproval approval)
    {
        await ExpectAddAsync(true, approval, "a new request").ConfigureAwait(false);
        return approval;
    }

    public Task<bool> TryAddAsync(StoredApproval approval) => Answer.OfAsync($"'{approval.Id}' is added", () => Store.TryAddAsync(approval, CancellationToken.None));

    public Task<bool> TryReplaceAsync(StoredApproval next) => Answer.OfAsync($"'{next.Id}' is replaced", () => Store.TryReplaceAsync(next, CancellationToken.None));

    public Task<StoredApproval?> FindAsync(string id) => Answer.OfAsync($"'{id}' is looked for", () => Store.FindAsync(id, CancellationToken.None));

    public Task<StoredApproval?> FindLatestAsync(string digest) => Answer.OfAsync($"the digest '{digest}' is looked for", () => Store.FindLatestAsync(digest, CancellationToken.None));

    public Task<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant) =>
        Answer.OfAsync("the last approved one is looked for", () => Store.FindLastApprovedAsync(agent, tool, tenant, CancellationToken.None));

    public Task<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most) => Answer.OfAsync("it is read", () => Store.ReadAsync(filter, most, CancellationToken.None));

    /// <summary>Every member has to be what it was, to the tick and to the byte.</summary>
    public async Task CompareAsync(StoredApproval given) =>
        Compare(given, await FindAsync(given.Id).ConfigureAwait(false) ?? throw new BrokenContractException($"It doesn't find the request '{given.Id}', which was added."));

    public static void Compare(StoredApproval given, StoredApproval kept)
    {
        const string What = "a request";
        ReadBack.Compare(What, "Id", given.Id, kept.Id);
        ReadBack.Compare(What, "Digest", given.Digest, kept.Digest);
        ReadBack.Compare(What, "Revision", given.Revision, kept.Revision);
        ReadBack.Compare(What, "IsOpen", given.IsOpen, kept.IsOpen);
        ReadBack.Compare(What, "IsUnrecorded", given.IsUnrecorded, kept.IsUnrecorded);
        ReadBack.Compare(What, "Agent", given.Agent, kept.Agent);
        ReadBack.Compare(What, "Tool", given.Tool, kept.Tool);
        ReadBack.Compare(What, "Tenant", given.Tenant, kept.Tenant);
        ReadBack.Compare(What, "RequestedAt", given.RequestedAt, kept.RequestedAt);
        ReadBack.Compare(What, "ApprovedAt", given.ApprovedAt, kept.ApprovedAt);
        ReadBack.CompareContent(What, given.Content, kept.Content);
    }

    public ValueTask DisposeAsync() => Disposal.DisposeAsync(Store);

    /// <summary>The store's type.</summary>
    public override string ToString() => Store.GetType().Name;
}
