namespace ToolGuardrails.Approval;

/// <summary>Puts in force what an approved request brings with it: the elevation that it asked for, or the standing approval that came with the yes.</summary>
internal sealed class GrantIssuer(ApprovalLedger ledger, IGrantStore grants, TimeProvider time)
{
    /// <summary>Issues it. Again changes nothing: the grant has the request's id, and one that was revoked doesn't come back.</summary>
    public async ValueTask<ApprovalCase> IssueAsync(ApprovalCase approved, CancellationToken cancellationToken)
    {
        if (approved.Request.Elevation is { } elevation)
        {
            await grants.TryAddAsync(Elevated(approved, elevation).ToStored(), cancellationToken).ConfigureAwait(false);
            DateTimeOffset at = time.GetUtcNow();
            return await ledger.ChangeAsync(approved.Request.Id, now => Granted(now, at), cancellationToken).ConfigureAwait(false) is { } granted ? granted.Case : approved;
        }

        if (approved.Standing is { } terms)
        {
            await grants.TryAddAsync(Standing(approved, terms).ToStored(), cancellationToken).ConfigureAwait(false);
        }

        return approved;
    }

    private static Transition Granted(ApprovalCase now, DateTimeOffset at) => now.Status == ApprovalStatus.Approved
        ? new(now with { Status = ApprovalStatus.Finished, UsedBy = now.Request.CallId, UsedAt = at, Outcome = "granted", Revision = now.Revision + 1 })
        : new(Reasons.ApprovalClosed);

    /// <summary>What one person gives at once.</summary>
    public static IssuedGrant Broken(ApprovalRequest request, Principal by, DateTimeOffset now) => Given(request, IssuedGrantKind.BreakGlass, [by], now) with
    {
        Session = request.Session.Id,
        Entry = request.Elevation!.Entry,
        Tools = request.Elevation.Tools,
        Reason = request.Elevation.Reason,
        Until = now + request.Elevation.For,
        Lasts = request.Elevation.For,
        MostUses = request.Elevation.Uses,
    };

    private static IssuedGrant Elevated(ApprovalCase approved, RequestedElevation elevation) => Given(approved, IssuedGrantKind.Elevation) with
    {
        Session = approved.Request.Session.Id,
        Entry = elevation.Entry,
        Tools = elevation.Tools,
        Reason = elevation.Reason,
        CallDigest = elevation.CallDigest,
        Arguments = elevation.CallArguments,
        Until = approved.ApprovedAt!.Value + elevation.For,
        Lasts = elevation.For,
        MostUses = elevation.Uses,
    };

    private static IssuedGrant Standing(ApprovalCase approved, StandingApprovalTerms terms) => Given(approved, IssuedGrantKind.StandingApproval) with
    {
        Tools = approved.Request.Tool.Id,
        Where = terms.Where,
        Arguments = terms.Where is null ? approved.Request.Arguments : default,
        Reason = approved.Approvals.Last().Comment ?? "",
        GuardCode = approved.Request.GuardCode,
        Definition = approved.Request.Definition,
        Until = approved.ApprovedAt!.Value + terms.ValidFor,
        Lasts = terms.ValidFor,
        MostUses = terms.Uses,
    };

    private static IssuedGrant Given(ApprovalCase approved, IssuedGrantKind kind) =>
        Given(approved.Request, kind, [.. approved.Approvals.Select(static d => d.By).OfType<Principal>()], approved.ApprovedAt!.Value);

    private static IssuedGrant Given(ApprovalRequest request, IssuedGrantKind kind, IReadOnlyList<Principal> by, DateTimeOffset from) => new(request.Id, kind)
    {
        Agents = request.Session.AgentPath(),
        Subject = request.Session.Subject,
        Tenant = request.Session.Tenant,
        GivenBy = by,
        From = from,
        Binding = Convert.ToHexStringLower(request.SlotDigest.Span),
        Tier = request.Tier,
    };
}
