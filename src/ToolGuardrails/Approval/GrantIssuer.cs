namespace ToolGuardrails.Approval;

/// <summary>Puts in force what an approved request brings with it, the elevation that it asked for or the standing approval that came with the yes; and takes back what came with a yes that is taken back.</summary>
internal sealed class GrantIssuer(ApprovalLedger ledger, GrantRegister grants, TimeProvider time)
{
    /// <summary>Does what an answer brings with it. Again changes nothing: the grant has the request's id, and one that was revoked doesn't come back.</summary>
    public ValueTask<ApprovalCase> SettleAsync(ApprovalCase answered, CancellationToken cancellationToken) => answered.Status switch
    {
        ApprovalStatus.Approved => IssueAsync(answered, cancellationToken),
        ApprovalStatus.Rejected when answered.Standing is not null => WithdrawAsync(answered, cancellationToken),
        _ => new(answered),
    };

    private async ValueTask<ApprovalCase> IssueAsync(ApprovalCase approved, CancellationToken cancellationToken)
    {
        if (approved.Request.Elevation is not null)
        {
            await grants.AddAsync(Elevation(approved.Request, IssuedGrantKind.Elevation, GivenBy(approved), approved.ApprovedAt!.Value), cancellationToken).ConfigureAwait(false);
            DateTimeOffset at = time.GetUtcNow();
            return await ledger.ChangeAsync(approved.Request.Id, now => Granted(now, at), cancellationToken).ConfigureAwait(false) is { } granted ? granted.Case : approved;
        }

        if (approved.Standing is { } terms)
        {
            await grants.AddAsync(Standing(approved, terms), cancellationToken).ConfigureAwait(false);
            if (await ledger.FindAsync(approved.Request.Id, cancellationToken).ConfigureAwait(false) is { Status: ApprovalStatus.Rejected } rejected)
            {
                return await WithdrawAsync(rejected, cancellationToken).ConfigureAwait(false); // Whoever said no may have looked before there was anything to take back.
            }
        }

        return approved;
    }

    private async ValueTask<ApprovalCase> WithdrawAsync(ApprovalCase rejected, CancellationToken cancellationToken)
    {
        await grants.RevokeAsync(rejected.Request.Id, rejected.Decisions[^1].By ?? Principal.Unproven, "The approval that it came with was taken back.", cancellationToken).ConfigureAwait(false);
        return rejected;
    }

    private static Transition Granted(ApprovalCase now, DateTimeOffset at) => now.Status == ApprovalStatus.Approved
        ? new(now with { Status = ApprovalStatus.Finished, UsedBy = now.Request.CallId, UsedAt = at, Outcome = "granted" })
        : new(Reasons.ApprovalClosed);

    /// <summary>The elevation that a request asks for.</summary>
    public static IssuedGrant Elevation(ApprovalRequest request, IssuedGrantKind kind, IReadOnlyList<Principal> by, DateTimeOffset from)
    {
        RequestedElevation asked = request.Elevation!;
        return Given(request, kind, by, from, asked.For) with
        {
            Session = request.Session.Id,
            Entry = asked.Entry,
            Tools = asked.Tools,
            Reason = asked.Reason,
            CallDigest = asked.CallDigest,
            Arguments = asked.CallArguments,
            MostUses = asked.Uses,
        };
    }

    private static IssuedGrant Standing(ApprovalCase approved, StandingApprovalTerms terms) => Given(approved.Request, IssuedGrantKind.StandingApproval, GivenBy(approved), approved.ApprovedAt!.Value, terms.ValidFor) with
    {
        Tools = approved.Request.Tool.Id,
        Where = terms.Where,
        Arguments = terms.Where is null ? approved.Request.Arguments : default,
        Reason = approved.Approvals.Last().Comment ?? "",
        GuardCode = approved.Request.GuardCode,
        Definition = approved.Request.Definition,
        MostUses = terms.Uses,
    };

    private static Principal[] GivenBy(ApprovalCase approved) => [.. approved.Approvals.Select(static d => d.By).OfType<Principal>()];

    private static IssuedGrant Given(ApprovalRequest request, IssuedGrantKind kind, IReadOnlyList<Principal> by, DateTimeOffset from, TimeSpan lasts) => new(request.Id, kind)
    {
        Agents = request.Session.AgentPath(),
        Subject = request.Session.Subject,
        Tenant = request.Session.Tenant,
        GivenBy = by,
        From = from,
        Until = from + lasts,
        Lasts = lasts,
        Binding = Convert.ToHexStringLower(request.SlotDigest.Span),
        Tier = request.Tier,
    };
}
