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
    /// <summary>Takes an answer.</summary>
    /// <returns>What it did; null where there is no such request.</returns>
    public async ValueTask<ApprovalResult?> DecideAsync(string id, ApprovalResponse response, CancellationToken cancellationToken)
    {
        DateTimeOffset at = time.GetUtcNow();
        if (await ledger.ChangeAsync(id, now => Claimed(now, ApprovalTransitions.Decide(now, response, at, ledger.HasExpired(now.Request))), cancellationToken).ConfigureAwait(false) is not var (decided, refusal))
        {
            return null;
        }

        VerdictReason? lost = await RecordAnswerAsync(decided, response, refusal, at).ConfigureAwait(false);
        bool takesEffect = refusal is null && (lost is null || decided.Status == ApprovalStatus.Rejected); // A no does, recorded or not: it is the safe direction.
        return new ApprovalResult(takesEffect ? await settle(decided, cancellationToken).ConfigureAwait(false) : decided, refusal ?? lost);
    }

    /// <summary>Ends a request that nobody decided in time.</summary>
    public async ValueTask<ApprovalCase?> LapseAsync(string id, CancellationToken cancellationToken)
    {
        DateTimeOffset at = time.GetUtcNow();
        var changed = await ledger.ChangeAsync(id, now => now.IsOpen || now.Status == ApprovalStatus.Edited ? Claimed(now, new(ApprovalTransitions.Lapse(now, at))) : new(ApprovalTransitions.Refusal(now)), cancellationToken).ConfigureAwait(false);
        if (changed is { Refusal: null, Case: var lapsed } && record is not null && lapsed.IsLapseRecorded && !await RecordLapseAsync(lapsed).ConfigureAwait(false))
        {
            await UnclaimAsync(id, lapsed.Recorded, isLapseRecorded: false).ConfigureAwait(false);
        }

        return changed?.Case;
    }

    /// <summary>Records what was decided elsewhere. What is recorded is claimed first, so that of several hosts one records it.</summary>
    /// <returns>False where it can't be recorded now.</returns>
    public async ValueTask<bool> RecordAsync(ApprovalCase unrecorded)
    {
        if (record is null || !unrecorded.IsUnrecorded || unrecorded.IsAltered)
        {
            return true;
        }

        ApprovalCase before = unrecorded;
        var claimed = await ledger.ChangeAsync(
            unrecorded.Request.Id,
            now =>
            {
                before = now;
                return now.IsUnrecorded ? new(now with { Recorded = now.Decisions.Count, IsLapseRecorded = now.IsLapseRecorded || now.Status == ApprovalStatus.Expired }) : new(Reasons.ApprovalClosed);
            },
            CancellationToken.None).ConfigureAwait(false);
        return claimed is not { Refusal: null, Case: var mine } || await WriteAsync(before, mine).ConfigureAwait(false);
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

    private async ValueTask<bool> WriteAsync(ApprovalCase before, ApprovalCase mine)
    {
        bool kept = true;
        for (int i = before.Recorded; i < mine.Decisions.Count && kept; i++)
        {
            ApprovalDecision decision = mine.Decisions[i];
            kept = await record!(mine.Request, StatusOf(decision.Answer), decision, decision.Answer == ApprovalAnswer.Reject ? Reasons.ApprovalRejected : null, await MeasureAsync(mine.Request, decision).ConfigureAwait(false)).ConfigureAwait(false);
        }

        kept = kept && (mine.Status != ApprovalStatus.Expired || before.IsLapseRecorded || await RecordLapseAsync(mine).ConfigureAwait(false));
        if (!kept)
        {
            await UnclaimAsync(mine.Request.Id, before.Recorded, before.IsLapseRecorded).ConfigureAwait(false);
        }

        return kept;
    }

    private ValueTask<bool> RecordLapseAsync(ApprovalCase lapsed) => record!(lapsed.Request, "expired", null, Reasons.ApprovalExpired, null);

    // What couldn't be recorded is to be recorded later.
    private async ValueTask UnclaimAsync(string id, int recorded, bool isLapseRecorded) =>
        await ledger.ChangeAsync(id, now => new(now with { Recorded = Math.Min(now.Recorded, recorded), IsLapseRecorded = isLapseRecorded }), CancellationToken.None).ConfigureAwait(false);

    // Only an answer that follows on what is recorded is recorded at once; otherwise the order would be another one.
    private Transition Claimed(ApprovalCase now, Transition step) => record is null || step.Next is not { } next || now.IsUnrecorded ? step
        : step with { Next = next with { Recorded = next.Decisions.Count, IsLapseRecorded = next.Status == ApprovalStatus.Expired } };

    private async ValueTask<VerdictReason?> RecordAnswerAsync(ApprovalCase decided, ApprovalResponse response, VerdictReason? refusal, DateTimeOffset at)
    {
        if (record is null)
        {
            return null;
        }

        if (refusal is null && decided.IsUnrecorded)
        {
            return await RecordAsync(decided).ConfigureAwait(false) ? null : Reasons.AuditUnavailable;
        }

        var decision = new ApprovalDecision(response.Answer, response.By?.Principal, response.Comment, at);
        VerdictReason? reason = refusal ?? (response.Answer == ApprovalAnswer.Reject ? Reasons.ApprovalRejected : null);
        string status = refusal is null ? StatusOf(response.Answer) : refusal == Reasons.ApprovalExpired ? "expired" : "refused";
        ApproverPace? pace = refusal is null ? await MeasureAsync(decided.Request, decision).ConfigureAwait(false) : null;
        if (await record(decided.Request, status, decision, reason, pace).ConfigureAwait(false))
        {
            return null;
        }

        if (refusal is null)
        {
            await UnclaimAsync(decided.Request.Id, decided.Decisions.Count - 1, decided.IsLapseRecorded).ConfigureAwait(false);
        }

        return Reasons.AuditUnavailable;
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
