using System.Globalization;
using System.Text;

namespace ToolGuardrails.Approval;

/// <summary>The state machine of a request (docs/approvals.md, The states of a request): what may follow on what. Each step is a pure function of the case as it is kept; the store lets one of several steps that race win.</summary>
internal static class ApprovalTransitions
{
    private const int MostComment = 1000;

    /// <summary>Whether a case is one that its answers can have led to: approved means enough approvals by different people who may approve, and not used. A row whose status alone was changed isn't (docs/approvals.md, Limits).</summary>
    public static bool IsConsistent(ApprovalCase kept) =>
        kept.Status is not (ApprovalStatus.Approved or ApprovalStatus.Edited)
        || (kept.UsedBy is null && (kept.Status == ApprovalStatus.Edited ? kept.Decisions is [.., { Answer: ApprovalAnswer.Edit } edit] && MayApprove(kept.Request, edit) : HasQuorum(kept)));

    /// <summary>A person's answer.</summary>
    public static Transition Decide(ApprovalCase now, ApprovalResponse response, DateTimeOffset at, bool hasExpired)
    {
        bool isClosed = !now.IsOpen || (now.Status == ApprovalStatus.Approved && response.Answer != ApprovalAnswer.Reject);
        return now.IsAltered ? new(Reasons.ApprovalAltered)
            : isClosed ? new(now.Status == ApprovalStatus.Expired ? Reasons.ApprovalExpired : Reasons.ApprovalClosed)
            : hasExpired ? new(Lapse(now, at), Reasons.ApprovalExpired)
            : ApproverRules.Check(now.Request, response, at) is { } refusal ? new(refusal)
            : Answer(now, response, new ApprovalDecision(response.Answer, response.By?.Principal, Kept(response.Comment), at) { Roles = [.. response.By?.Roles ?? []] });
    }

    /// <summary>The use of an approval: the step of which exactly one wins.</summary>
    public static Transition Start(ApprovalCase now, string key, DateTimeOffset at, bool hasExpired) => now switch
    {
        { IsAltered: true } => new(Reasons.ApprovalAltered),
        { Status: ApprovalStatus.Approved or ApprovalStatus.Edited } when hasExpired => new(Lapse(now, at), Reasons.ApprovalExpired),
        { Status: ApprovalStatus.Approved or ApprovalStatus.Edited } => new(now with { Status = ApprovalStatus.Started, UsedBy = key, UsedAt = at }),
        _ => new(Refusal(now)),
    };

    /// <summary>What came of the call that used it.</summary>
    public static Transition Finish(ApprovalCase now, string key, string outcome) =>
        now.Status == ApprovalStatus.Started && now.UsedBy == key ? new(now with { Status = ApprovalStatus.Finished, Outcome = outcome }) : new(Reasons.ApprovalClosed);

    /// <summary>What it was bound to has changed, so that it can never be used.</summary>
    public static Transition Void(ApprovalCase now) =>
        now is { Status: ApprovalStatus.Approved, IsAltered: false } ? new(now with { Status = ApprovalStatus.Finished, Outcome = "void" }) : new(Reasons.ApprovalClosed);

    /// <summary>It was never asked, so it answers no later call either. Where another host has met it and somebody has answered there, it stands.</summary>
    public static Transition Withdraw(ApprovalCase now) =>
        now is { Status: ApprovalStatus.Pending, Decisions.Count: 0 } ? new(now with { Status = ApprovalStatus.Rejected }) : new(Reasons.ApprovalClosed);

    /// <summary>Nobody decided or used it in time. A lapse is a rejection.</summary>
    public static ApprovalCase Lapse(ApprovalCase now, DateTimeOffset at) => now with { Status = ApprovalStatus.Expired, ClosedAt = at };

    /// <summary>Why a call doesn't run because of a request that isn't approved, or not any more.</summary>
    public static VerdictReason Refusal(ApprovalCase now) => now.Status switch
    {
        _ when now.IsAltered => Reasons.ApprovalAltered,
        ApprovalStatus.Pending => Reasons.ApprovalRequired,
        ApprovalStatus.Rejected => Rejection(now),
        ApprovalStatus.Expired => Reasons.ApprovalExpired,
        ApprovalStatus.Edited => Reasons.ApprovalEdited,
        ApprovalStatus.Started => Reasons.ApprovalOutcomeUnknown,
        _ => Reasons.ApprovalUsed,
    };

    private static bool HasQuorum(ApprovalCase kept)
    {
        string?[] people = [.. kept.Approvals.Select(static yes => yes.By?.ToString())];
        return people.Length >= kept.Request.Quorum
            && people.Distinct(StringComparer.OrdinalIgnoreCase).Count() == people.Length
            && kept.Decisions.All(d => d.Answer == ApprovalAnswer.Defer || (d.Answer == ApprovalAnswer.Approve && MayApprove(kept.Request, d)));
    }

    private static bool MayApprove(ApprovalRequest request, ApprovalDecision answer) =>
        ApproverRules.MayApprove(request, answer.By is { } by ? new ApproverIdentity(by, answer.Roles) : null, answer.At);

    // What the person said goes into the record and, shortened and escaped, to the model.
    private static VerdictReason Rejection(ApprovalCase now) =>
        now.Decisions.LastOrDefault(static d => d.Answer == ApprovalAnswer.Reject)?.Comment is { Length: > 0 } comment
            ? new VerdictReason(DecisionCodes.ApprovalRejected, $"{Reasons.ApprovalRejected.Text} They said: {comment}", ruleId: null)
            : Reasons.ApprovalRejected;

    private static Transition Answer(ApprovalCase now, ApprovalResponse response, ApprovalDecision decision)
    {
        ApprovalDecision[] decisions = [.. now.Decisions, decision];
        switch (response.Answer)
        {
            case ApprovalAnswer.Approve:
                return HasApproved(now, decision.By) ? new(Reasons.ApprovalRepeated) : new(Approve(now, response, decisions, decision.At));
            case ApprovalAnswer.Edit:
                return new(now with { Status = ApprovalStatus.Edited, Decisions = decisions, EditedArguments = response.Arguments, ClosedAt = decision.At });
            case ApprovalAnswer.Defer:
                return new(now with { Decisions = decisions });
            default:
                return new(now with { Status = ApprovalStatus.Rejected, Decisions = decisions, ClosedAt = decision.At });
        }
    }

    private static ApprovalCase Approve(ApprovalCase now, ApprovalResponse response, ApprovalDecision[] decisions, DateTimeOffset at)
    {
        bool isEnough = decisions.Count(static d => d.Answer == ApprovalAnswer.Approve) >= now.Request.Quorum;
        return now with
        {
            Status = isEnough ? ApprovalStatus.Approved : now.Status,
            Decisions = decisions,
            ApprovedAt = isEnough ? at : null,
            Standing = response.Standing ?? now.Standing,
        };
    }

    // Letter case is ignored: one person must not count as two because a directory spells the name in another way.
    private static bool HasApproved(ApprovalCase now, Principal? by) =>
        now.Approvals.Any(d => string.Equals(d.By?.ToString(), by?.ToString(), StringComparison.OrdinalIgnoreCase));

    // What a person typed, in well-formed text of a bounded length that says what was cut.
    private static string? Kept(string? comment)
    {
        string? text = comment is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(comment));
        return text is null || text.Length <= MostComment ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, char.IsHighSurrogate(text[MostComment - 1]) ? MostComment - 1 : MostComment)}... ({text.Length} characters)");
    }
}
