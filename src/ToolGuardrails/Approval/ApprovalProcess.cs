namespace ToolGuardrails.Approval;

/// <summary>Records a request, an answer or an end; false where that can't be done.</summary>
internal delegate ValueTask<bool> RecordApproval(ApprovalRequest request, string status, ApprovalDecision? decision, VerdictReason? reason, ApproverPace? pace);

/// <summary>What people do with requests: asking them, taking their answers, and recording both.</summary>
/// <param name="ledger">The requests.</param>
/// <param name="record">Writes to the audit log; null where there is none, so that the hosts which share the store record what is decided here.</param>
/// <param name="settle">Puts in force what an approval brings with it, and takes back what a later no takes back; more than once where need be.</param>
/// <param name="time">The clock.</param>
internal sealed class ApprovalProcess(ApprovalLedger ledger, RecordApproval? record, Func<ApprovalCase, CancellationToken, ValueTask<ApprovalCase>> settle, TimeProvider time)
{
    /// <summary>How long a host that has taken it upon itself to record something is left alone with it. If it ends meanwhile, another one records it.</summary>
    public static readonly TimeSpan RecordingTime = TimeSpan.FromSeconds(30);

    /// <summary>Takes an answer.</summary>
    /// <returns>What it did; null where there is no such request.</returns>
    public async ValueTask<ApprovalResult?> DecideAsync(string id, ApprovalResponse response, CancellationToken cancellationToken)
    {
        DateTimeOffset at = time.GetUtcNow();
        bool isMine = false;
        if (await ledger.ChangeAsync(id, now => Claimed(now, at, ApprovalTransitions.Decide(now, response, at, ledger.HasExpired(now.Request)), out isMine), cancellationToken).ConfigureAwait(false) is not var (decided, refusal))
        {
            return null;
        }

        VerdictReason? lost = refusal is null ? await FollowUpAsync(decided, isMine).ConfigureAwait(false) ? null : Reasons.AuditUnavailable
            : await RecordRefusedAsync(decided, isMine, new ApprovalDecision(response.Answer, response.By?.Principal, response.Comment, at), refusal).ConfigureAwait(false);
        bool takesEffect = refusal is null && (lost is null || decided.Status == ApprovalStatus.Rejected); // A no does, recorded or not: it is the safe direction.
        return new ApprovalResult(takesEffect ? await settle(decided, cancellationToken).ConfigureAwait(false) : decided, refusal ?? lost);
    }

    /// <summary>Ends a request that nobody decided in time.</summary>
    public async ValueTask<ApprovalCase?> LapseAsync(string id, CancellationToken cancellationToken)
    {
        DateTimeOffset at = time.GetUtcNow();
        bool isMine = false;
        var changed = await ledger.ChangeAsync(id, now => Claimed(now, at, now.IsOpen || now.Status == ApprovalStatus.Edited ? new(ApprovalTransitions.Lapse(now, at)) : new(ApprovalTransitions.Refusal(now)), out isMine), cancellationToken).ConfigureAwait(false);
        if (changed is { Refusal: null, Case: var lapsed })
        {
            await FollowUpAsync(lapsed, isMine).ConfigureAwait(false);
        }

        return changed?.Case;
    }

    /// <summary>Records what was decided elsewhere. Of several hosts one takes it upon itself; only once it is in the log does the store say so.</summary>
    /// <returns>False where it can't be recorded now.</returns>
    public async ValueTask<bool> RecordAsync(ApprovalCase unrecorded)
    {
        if (record is null || !unrecorded.IsUnrecorded || unrecorded.IsAltered)
        {
            return true;
        }

        DateTimeOffset at = time.GetUtcNow();
        var claimed = await ledger.ChangeAsync(
            unrecorded.Request.Id,
            now => now.IsUnrecorded && !now.IsBeingRecorded(at) ? new(now with { RecordingUntil = at + RecordingTime }) : new(Reasons.ApprovalClosed),
            CancellationToken.None).ConfigureAwait(false);
        return claimed is not { Refusal: null, Case: var mine } || await WriteAsync(mine).ConfigureAwait(false);
    }

    /// <summary>Does what time asks for: a request that nobody decided lapses, one that has waited long enough goes to others as well, and what an approval brings with it is in force, even if whoever took the answer ended too soon.</summary>
    public async ValueTask LookAfterAsync(ApprovalCase open, ApprovalNotices notices)
    {
        if (ledger.HasExpired(open.Request))
        {
            await LapseAsync(open.Request.Id, CancellationToken.None).ConfigureAwait(false);
        }
        else if (open is { Status: ApprovalStatus.Approved, IsAltered: false })
        {
            await settle(open, CancellationToken.None).ConfigureAwait(false);
        }
        else if (open is { IsEscalated: false, Request.Escalation: { } escalation } && time.GetUtcNow() - open.Request.RequestedAt >= escalation.After)
        {
            await EscalateAsync(open, notices).ConfigureAwait(false);
        }
    }

    private async ValueTask EscalateAsync(ApprovalCase open, ApprovalNotices notices)
    {
        var escalated = await ledger.ChangeAsync(
            open.Request.Id,
            static now => now is { Status: ApprovalStatus.Pending, IsEscalated: false } ? new(now with { IsEscalated = true }) : new(Reasons.ApprovalClosed),
            CancellationToken.None).ConfigureAwait(false);
        if (escalated is { Refusal: null })
        {
            notices.Tell(new ApprovalNotice(open.Request, ApproverRules.ApproversAt(open.Request, time.GetUtcNow()), IsEscalated: true));
            _ = record is null || await record(open.Request, "escalated", null, null, null).ConfigureAwait(false);
        }
    }

    // What this host has taken upon itself. An answer that came meanwhile follows on it.
    private async ValueTask<bool> WriteAsync(ApprovalCase mine)
    {
        bool kept = true;
        for (int i = mine.Recorded; i < mine.Decisions.Count && kept; i++)
        {
            ApprovalDecision decision = mine.Decisions[i];
            kept = await record!(mine.Request, StatusOf(decision.Answer), decision, decision.Answer == ApprovalAnswer.Reject ? Reasons.ApprovalRejected : null, await MeasureAsync(mine.Request, decision).ConfigureAwait(false)).ConfigureAwait(false);
        }

        bool lapses = mine.Status == ApprovalStatus.Expired && !mine.IsLapseRecorded;
        kept = kept && (!lapses || await record!(mine.Request, "expired", null, Reasons.ApprovalExpired, null).ConfigureAwait(false));
        ApprovalCase? marked = await MarkAsync(mine, kept).ConfigureAwait(false);
        return kept && (marked is null || await RecordAsync(marked).ConfigureAwait(false));
    }

    // That it is recorded, or that others may try. Where the store fails now, they do so later, and the log has it twice rather than not at all.
    private async ValueTask<ApprovalCase?> MarkAsync(ApprovalCase mine, bool kept)
    {
        ApprovalCase Marked(ApprovalCase now) => now with
        {
            Recorded = kept ? Math.Max(now.Recorded, mine.Decisions.Count) : now.Recorded,
            IsLapseRecorded = now.IsLapseRecorded || (kept && mine.Status == ApprovalStatus.Expired),
            RecordingUntil = now.RecordingUntil == mine.RecordingUntil ? null : now.RecordingUntil,
        };

        try
        {
            return (await ledger.ChangeAsync(mine.Request.Id, now => new(Marked(now)), CancellationToken.None).ConfigureAwait(false))?.Case;
        }
        catch (Exception)
        {
            return null;
        }
    }

    // Whoever keeps an answer that follows on what is recorded records it; otherwise the order would be another one.
    private Transition Claimed(ApprovalCase now, DateTimeOffset at, Transition step, out bool isMine)
    {
        isMine = record is not null && step.Next is not null && !now.IsUnrecorded;
        return isMine ? step with { Next = step.Next! with { RecordingUntil = at + RecordingTime } } : step;
    }

    // What has just been kept.
    private ValueTask<bool> FollowUpAsync(ApprovalCase kept, bool isMine) => isMine ? WriteAsync(kept) : RecordAsync(kept);

    // One that came too late says of a lapse who came too late for it.
    private async ValueTask<VerdictReason?> RecordRefusedAsync(ApprovalCase found, bool isMine, ApprovalDecision refused, VerdictReason refusal)
    {
        bool kept = record is null || await record(found.Request, refusal == Reasons.ApprovalExpired ? "expired" : "refused", refused, refusal, null).ConfigureAwait(false);
        if (isMine)
        {
            await MarkAsync(found, kept).ConfigureAwait(false);
        }

        return kept ? null : Reasons.AuditUnavailable;
    }

    private async ValueTask<ApproverPace?> MeasureAsync(ApprovalRequest request, ApprovalDecision decision) =>
        decision.Answer == ApprovalAnswer.Defer ? null
        : ApproverPace.Of(request, decision, await ledger.ReadAsync(StoredApprovalFilter.All, ApproverPace.Window, CancellationToken.None).ConfigureAwait(false));

    private static string StatusOf(ApprovalAnswer answer) => answer switch
    {
        ApprovalAnswer.Approve => "approved",
        ApprovalAnswer.Defer => "deferred",
        ApprovalAnswer.Edit => "edited",
        _ => "rejected",
    };
}
