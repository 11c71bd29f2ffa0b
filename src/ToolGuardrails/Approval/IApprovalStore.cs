namespace ToolGuardrails;

/// <summary>Keeps approval requests. It knows nothing of their states: each change replaces one revision by the next, or fails because somebody else was first. That alone makes an approval usable once (T3, T39).</summary>
/// <remarks>Law 5: a call whose store throws is denied. Safe for parallel use, and where it is shared, by many processes. What it has acknowledged survives whatever the store is said to survive.</remarks>
public interface IApprovalStore
{
    /// <summary>Keeps a new request.</summary>
    /// <param name="approval">The request, of revision 1.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <returns>False, and nothing is changed, where its id is taken, or where it is open and another open one has its digest.</returns>
    ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken);

    /// <summary>Replaces the revision before this one.</summary>
    /// <param name="next">The request's next revision. Id, digest, agent, tool, tenant and the time of the request never change.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <returns>False, and nothing is changed, unless what is kept has the revision <c>next.Revision - 1</c>; and where the next is open, what is kept isn't, and another open one has its digest.</returns>
    ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken);

    /// <summary>One request; null where there is none of this id.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The request of this digest that was added last; null where there is none.</summary>
    /// <param name="digest">The digest, 64 hex digits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken);

    /// <summary>The request for this tool by this agent and tenant that was approved last; null where none was.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="tool">The tool's id.</param>
    /// <param name="tenant">The tenant; null for requests without one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken);

    /// <summary>Requests in the order in which they were added.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="most">How many at most, from 1; those added last where there are more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken);
}
