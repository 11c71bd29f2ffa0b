namespace ToolGuardrails.Approval;

/// <summary>Who may say yes to what (docs/semantics.md).</summary>
internal static class ApproverRules
{
    /// <summary>Null where an answer counts, otherwise why it doesn't. A no, or a not now, always counts.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The answer.</param>
    /// <param name="now">When it was given: later on, those to whom the request is escalated may answer too.</param>
    public static VerdictReason? Check(ApprovalRequest request, ApprovalResponse response, DateTimeOffset now)
    {
        if (response.Answer is not (ApprovalAnswer.Approve or ApprovalAnswer.Edit))
        {
            return null;
        }

        string[] approvers = ApproversAt(request, now);
        return approvers.Length == 0 ? Reasons.ApprovalNobody
            : !MayApprove(request, approvers, response.By) ? Reasons.ApprovalNotAllowed
            : response.Answer == ApprovalAnswer.Edit ? CheckEdit(request, response)
            : CheckApproval(request, response, now);
    }

    /// <summary>Whether somebody may approve a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="by">Who; null where the channel proves nobody.</param>
    /// <param name="at">When.</param>
    public static bool MayApprove(ApprovalRequest request, ApproverIdentity? by, DateTimeOffset at) => MayApprove(request, ApproversAt(request, at), by);

    /// <summary>Who may approve at this moment.</summary>
    public static string[] ApproversAt(ApprovalRequest request, DateTimeOffset now) =>
        request.Escalation is { } escalation && now - request.RequestedAt >= escalation.After ? [.. request.Approvers.Union(escalation.To, StringComparer.Ordinal)] : [.. request.Approvers];

    /// <summary>Whether only a proven person other than the subject may approve. All but a review of a Low or Medium call: what nobody has specified is the strictest.</summary>
    public static bool NeedsProof(ApprovalRequest request) =>
        request.Gate != ApprovalGate.Review || request.Tier is not (RiskTier.Low or RiskTier.Medium);

    private static bool MayApprove(ApprovalRequest request, string[] approvers, ApproverIdentity? by) =>
        NeedsProof(request) ? MayApprovePerCall(request, approvers, by) : MayReview(request, approvers, by);

    // An elevation has terms of its own, which the policy gives; and whoever edits has to be known.
    private static VerdictReason? CheckEdit(ApprovalRequest request, ApprovalResponse response) =>
        request.Elevation is null && response.By is not null ? null : Reasons.ApprovalNotAllowed;

    private static VerdictReason? CheckApproval(ApprovalRequest request, ApprovalResponse response, DateTimeOffset now)
    {
        bool isConfirmed = !NeedsProof(request)
            || (response.TypedDigest is { } typed && typed.AsSpan().Trim().Equals(request.ShortDigest, StringComparison.OrdinalIgnoreCase));
        return !isConfirmed ? Reasons.ApprovalNotConfirmed
            : request.NeedsComment && string.IsNullOrWhiteSpace(response.Comment) ? Reasons.ApprovalNoComment
            : NeedsProof(request) && now - request.RequestedAt < request.MinimumDwell ? Reasons.ApprovalTooQuick
            : response.Standing is not null && (NeedsProof(request) || response.By is null || request.Elevation is not null) ? Reasons.ApprovalNotStanding
            : null;
    }

    // Directories differ on letter case: what may be the subject, or the one who edited the call, is kept out here; in a review only an exact match counts as the subject.
    private static bool MayApprovePerCall(ApprovalRequest request, string[] approvers, ApproverIdentity? by) =>
        by is { Principal: { IsAgent: false } person }
        && !IsSubject(request.Session, person, StringComparison.OrdinalIgnoreCase)
        && !string.Equals(person.ToString(), request.EditedBy?.ToString(), StringComparison.OrdinalIgnoreCase)
        && IsListed(approvers, by);

    private static bool MayReview(ApprovalRequest request, string[] approvers, ApproverIdentity? by)
    {
        // Whoever sits at a channel that proves nobody counts as the person the call is made for.
        Principal? person = by is null ? request.Session.Subject : by.Principal;
        return person is { IsAgent: false }
            && (by is null || IsSubject(request.Session, person, StringComparison.Ordinal) ? approvers.Contains("subject", StringComparer.Ordinal) : IsListed(approvers, by));
    }

    // An issuer holds no '|', so the pair's text names one principal only.
    private static bool IsSubject(SessionIdentity session, Principal person, StringComparison comparison)
    {
        for (SessionIdentity? at = session; at is not null; at = at.Parent)
        {
            if (string.Equals(person.ToString(), at.Subject?.ToString(), comparison))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether somebody is named, or has a role that is. The roles may come in a set with a comparer of its own, so it isn't asked.</summary>
    public static bool IsListed(string[] approvers, ApproverIdentity by) =>
        approvers.Contains("user:" + by.Principal, StringComparer.Ordinal)
        || by.Roles.Any(r => approvers.Contains("role:" + r, StringComparer.Ordinal));
}
