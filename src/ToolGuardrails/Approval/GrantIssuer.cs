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

    private static IssuedGrant Elevated(ApprovalCase approved, RequestedElevation elevation) => Given(approved, IssuedGrantKind.Elevation) with
    {
        Session = approved.Request.Session.Id,
        Entry = elevation.Entry,
        Tools = elevation.Tools,
        Reason = elevation.Reason,
        CallDigest = elevation.CallDigest,
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

    private static IssuedGrant Given(ApprovalCase approved, IssuedGrantKind kind)
    {
        SessionIdentity session = approved.Request.Session;
        return new(approved.Request.Id, kind)
        {
            Agents = session.AgentPath(),
            Subject = session.Subject,
            Tenant = session.Tenant,
            GivenBy = [.. approved.Approvals.Select(static d => d.By).OfType<Principal>()],
            From = approved.ApprovedAt!.Value,
            Binding = Convert.ToHexStringLower(approved.Request.SlotDigest.Span),
        };
    }
}
