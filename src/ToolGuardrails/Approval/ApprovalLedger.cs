namespace ToolGuardrails.Approval;

/// <summary>Authenticates the bytes of a request with the host's key.</summary>
internal delegate string SealRequest(ReadOnlySpan<byte> snapshot);

/// <summary>The requests of a store, and the steps that change them. Of several steps that race, the store lets one win; the others look again.</summary>
/// <param name="store">The store.</param>
/// <param name="seal">The key of the host that makes and uses requests; null where people only decide on them.</param>
/// <param name="timeout">How long the store may take.</param>
/// <param name="time">The clock.</param>
internal sealed class ApprovalLedger(IApprovalStore store, SealRequest? seal, TimeSpan timeout, TimeProvider time)
{
    private readonly Deadlines _deadlines = new(time);
    private readonly StoreDeadline _deadline = new(timeout, time);

    /// <summary>Keeps a new request.</summary>
    /// <returns>Its case; null where another call of the same digest was first.</returns>
    public async ValueTask<ApprovalCase?> TryOpenAsync(ApprovalRequest request, CancellationToken cancellationToken)
    {
        byte[] snapshot = ApprovalSnapshot.Write(request);
        var opened = new ApprovalCase(request) { Status = ApprovalStatus.Pending, Snapshot = snapshot, Mac = seal?.Invoke(snapshot) ?? "" };
        _ = HasExpired(request); // Its monotonic time begins here.
        return await Within(store.TryAddAsync(ApprovalContent.ToStored(opened), cancellationToken), cancellationToken).ConfigureAwait(false) ? opened : null;
    }

    public async ValueTask<ApprovalCase?> FindAsync(string id, CancellationToken cancellationToken) =>
        await Within(store.FindAsync(id, cancellationToken), cancellationToken).ConfigureAwait(false) is { } stored ? Read(stored) : null;

    public async ValueTask<ApprovalCase?> FindLatestAsync(string digest, CancellationToken cancellationToken) =>
        await Within(store.FindLatestAsync(digest, cancellationToken), cancellationToken).ConfigureAwait(false) is { } stored ? Read(stored) : null;

    /// <summary>The last call of a tool by an agent that was approved; null where there is none, or where it can't be read.</summary>
    public async ValueTask<ApprovedCall?> FindLastApprovedAsync(SessionIdentity session, string tool, CancellationToken cancellationToken)
    {
        StoredApproval? stored = await Within(store.FindLastApprovedAsync(session.Agent, tool, session.Tenant, cancellationToken), cancellationToken).ConfigureAwait(false);
        return stored is not null && Read(stored) is { IsAltered: false, ApprovedAt: { } at, Request: { } request } ? new ApprovedCall(request.Id, at, request.Arguments) : null;
    }

    /// <summary>Several cases. One that this version can't read, such as a newer version's, doesn't keep the others from being seen; who asks for it by its id is told.</summary>
    public async ValueTask<IReadOnlyList<ApprovalCase>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken) =>
        [.. (await Within(store.ReadAsync(filter, most, cancellationToken), cancellationToken).ConfigureAwait(false)).Select(TryRead).OfType<ApprovalCase>()];

    /// <summary>Takes a step. A step that counts, or a lapse that it found, is kept as the next revision.</summary>
    /// <returns>The case after it, and why the step doesn't count; null for an id that isn't there.</returns>
    public async ValueTask<(ApprovalCase Case, VerdictReason? Refusal)?> ChangeAsync(string id, Func<ApprovalCase, Transition> step, CancellationToken cancellationToken)
    {
        while (await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } now)
        {
            Transition transition = step(now);
            if (transition.Next is not { } changed)
            {
                return (now, transition.Refusal);
            }

            ApprovalCase next = changed with { Revision = now.Revision + 1 };
            if (await Within(store.TryReplaceAsync(ApprovalContent.ToStored(next), cancellationToken), cancellationToken).ConfigureAwait(false))
            {
                return (next, transition.Refusal);
            }
        }

        return null;
    }

    /// <summary>Whether a request, or an approval that wasn't used, has lapsed.</summary>
    public bool HasExpired(ApprovalRequest request) => _deadlines.HasPassed(request.Id, request.ExpiresAt, request.Lifetime);

    /// <summary>How long a request stays open.</summary>
    public TimeSpan LeftOf(ApprovalRequest request) => _deadlines.LeftOf(request.Id, request.ExpiresAt, request.Lifetime);

    /// <summary>Whether a request that is over still answers the same call: so a rejection or a lapse does for once more as long as the request could wait.</summary>
    public bool StillAnswers(ApprovalCase closed) => closed switch
    {
        { IsOpen: true } => true,
        { Status: ApprovalStatus.Edited } => !HasExpired(closed.Request),
        { Status: ApprovalStatus.Rejected, Decisions.Count: > 0 } or { Status: ApprovalStatus.Expired } => closed.ClosedAt is { } at && time.GetUtcNow() - at < closed.Request.Lifetime,
        _ => false,
    };

    private ApprovalCase? TryRead(StoredApproval stored)
    {
        try
        {
            return Read(stored);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private ApprovalCase Read(StoredApproval stored)
    {
        ApprovalCase read = ApprovalContent.Read(stored);
        _ = HasExpired(read.Request); // Its monotonic time begins here, where it was made elsewhere.
        bool isIntact = read.Request.Id == stored.Id && read.Request.Digest == stored.Digest && ApprovalTransitions.IsConsistent(read)
            && (seal is null || string.Equals(seal(read.Snapshot.Span), read.Mac, StringComparison.Ordinal));
        return isIntact ? read : read with { IsAltered = true };
    }

    private ValueTask<T> Within<T>(ValueTask<T> answer, CancellationToken cancellationToken) => _deadline.WaitAsync(answer, cancellationToken);
}
