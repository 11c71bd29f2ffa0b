namespace ToolGuardrails.Approval;

/// <summary>Who may say yes to what (docs/semantics.md).</summary>
internal static class ApproverRules
{
    /// <summary>Null where an approving answer counts, otherwise why it doesn't. Other answers aren't checked here.</summary>
    public static VerdictReason? Check(ApprovalRequest request, ApprovalResponse response)
    {
        if (response.Answer != ApprovalAnswer.Approve)
        {
            return null;
        }

        if (request.Approvers.Count == 0)
        {
            return Reasons.ApprovalNobody;
        }

        return NeedsProof(request) ? CheckPerCall(request, response) : CheckReview(request, response.By);
    }

    /// <summary>Whether only a proven person other than the subject may approve. All but a review of a Low or Medium call: what nobody has specified is the strictest.</summary>
    public static bool NeedsProof(ApprovalRequest request) =>
        request.Gate != ApprovalGate.Review || request.Tier is not (RiskTier.Low or RiskTier.Medium);

    private static VerdictReason? CheckPerCall(ApprovalRequest request, ApprovalResponse response)
    {
        // Directories differ on letter case: what may be the subject is kept out here; in a review only an exact match counts as the subject.
        if (response.By is not { Principal: { IsAgent: false } person } by || IsSubject(request.Session, person, StringComparison.OrdinalIgnoreCase) || !IsListed(request, by))
        {
            return Reasons.ApprovalNotAllowed;
        }

        bool confirmed = response.TypedDigest is { } typed
            && typed.AsSpan().Trim().Equals(request.ShortDigest, StringComparison.OrdinalIgnoreCase);
        return confirmed ? null : Reasons.ApprovalNotConfirmed;
    }

    private static VerdictReason? CheckReview(ApprovalRequest request, ApproverIdentity? by)
    {
        // Whoever sits at a channel that proves nobody counts as the person the call is made for.
        Principal? person = by is null ? request.Session.Subject : by.Principal;
        bool counts = person is { IsAgent: false }
            && (by is null || IsSubject(request.Session, person, StringComparison.Ordinal) ? HasEntry(request, "subject") : IsListed(request, by));
        return counts ? null : Reasons.ApprovalNotAllowed;
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

    // The roles may come in a set with a comparer of its own, so it isn't asked.
    private static bool IsListed(ApprovalRequest request, ApproverIdentity by)
    {
        if (HasEntry(request, "user:" + by.Principal))
        {
            return true;
        }

        foreach (string role in by.Roles)
        {
            if (HasEntry(request, "role:" + role))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasEntry(ApprovalRequest request, string entry)
    {
        foreach (string approver in request.Approvers)
        {
            if (string.Equals(approver, entry, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
