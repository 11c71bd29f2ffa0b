using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>The stage after the custom guards: whether the call needs a human, and whether enough of them have consented to exactly this (law 7).</summary>
internal sealed class ApprovalGuard(IApprover? approver, ApprovalLedger ledger, ApprovalProcess process, RecordApproval record, ApprovalNotices notices, RequestBuilder builder, TimeProvider time, ILogger logger) : IToolGuard
{
    private const int MostAsked = 4096;

    private static readonly Verdict Required = Verdict.RequireApproval(Reasons.ApprovalRequired);

    // The requests that the approver is being asked about, or has answered: nobody is prompted twice.
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);

    /// <summary>Without a trace: whether approval is needed. With one that isn't granted: asks, or takes the answer that is there. With a grant: uses it up.</summary>
    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
    {
        Verdict need = ApprovalNeed.Judge(call);
        return call.Approval is not { } trace || need.Effect == Effect.Deny ? new(need)
            : trace.IsGranted ? GuardedAsync(ConsumeAsync(call, trace), cancellationToken)
            : need.Effect == Effect.Allow ? new(need)
            : GuardedAsync(MeetAsync(trace, cancellationToken), cancellationToken);
    }

    /// <summary>The request that a call meets: the one that is there for the same call, or a new one.</summary>
    /// <param name="call">The call.</param>
    /// <param name="edit">The request whose arguments somebody changed to the call's; or null.</param>
    /// <param name="isElevated">Whether the call has a grant only because people have given one for a while.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public ValueTask<ApprovalTrace> RequestAsync(ToolCall call, ApprovalCase? edit, bool isElevated, CancellationToken cancellationToken) => OpenAsync(
        RequestBuilder.DigestOf(call),
        async latest => builder.Build(
            call,
            ApprovalNeed.GateFor(call),
            await ledger.FindLastApprovedAsync(call.Session, call.Tool.Id, cancellationToken).ConfigureAwait(false),
            latest is { Status: ApprovalStatus.Started } ? latest : null,
            edit,
            isElevated),
        cancellationToken);

    /// <summary>The open request of a digest, or the answer that still stands; a new one where there is neither.</summary>
    /// <param name="digest">What the request binds to.</param>
    /// <param name="make">Makes the request; it is handed the one before it, or null.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<ApprovalTrace> OpenAsync(string digest, Func<ApprovalCase?, ValueTask<ApprovalRequest>> make, CancellationToken cancellationToken)
    {
        while (true)
        {
            ApprovalCase? latest = await ledger.FindLatestAsync(digest, cancellationToken).ConfigureAwait(false);
            if (latest is { IsOpen: true } && ledger.HasExpired(latest.Request))
            {
                latest = await process.LapseAsync(latest.Request.Id, cancellationToken).ConfigureAwait(false);
            }

            if (latest is not null && ledger.StillAnswers(latest))
            {
                return new ApprovalTrace(latest);
            }

            if (await ledger.TryOpenAsync(await make(latest).ConfigureAwait(false), cancellationToken).ConfigureAwait(false) is { } opened)
            {
                return new ApprovalTrace(opened) { IsNew = true };
            }
        }
    }

    /// <summary>Asks people about a request, or takes the answer that is there.</summary>
    public ValueTask<Verdict> AskAsync(ApprovalTrace trace, CancellationToken cancellationToken) => GuardedAsync(MeetAsync(trace, cancellationToken), cancellationToken);

    /// <summary>What people have answered to the request of a call that is made because of it.</summary>
    public ValueTask<Verdict> AnswerAsync(ApprovalTrace trace, CancellationToken cancellationToken) => GuardedAsync(AnsweredAsync(trace), cancellationToken);

    /// <summary>For a review, whoever changed a call has said yes to what they changed it to.</summary>
    public async ValueTask ApproveAsEditorAsync(ApprovalTrace trace, ApprovalCase edit, CancellationToken cancellationToken)
    {
        ApprovalDecision edited = edit.Decisions[^1];
        if (trace.IsNew && edited.By is { } editor && !ApproverRules.NeedsProof(trace.Request) && await AnnounceAsync(trace, cancellationToken).ConfigureAwait(false))
        {
            ApprovalResponse yes = ApprovalResponse.Approve(new ApproverIdentity(editor, edited.Roles), comment: edited.Comment);
            trace.Case = (await process.DecideAsync(trace.Request.Id, yes, cancellationToken).ConfigureAwait(false))?.Case ?? trace.Case;
        }
    }

    /// <summary>Makes an edit, of which one call gets through.</summary>
    public ValueTask<Verdict> TakeUpAsync(ApprovalTrace edit, string call) => GuardedAsync(StartAsync(edit, call), CancellationToken.None);

    /// <summary>Keeps what came of the call that used an approval.</summary>
    public async ValueTask FinishAsync(string request, string call, string outcome)
    {
        try
        {
            await ledger.ChangeAsync(request, now => ApprovalTransitions.Finish(now, call, outcome), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.StoreFailed(logger, nameof(IApprovalStore), e); // It stays started: nobody can say what came of it, and it is never used again.
        }
    }

    // Law 5: a store that fails has consented to nothing.
    private async ValueTask<Verdict> GuardedAsync(ValueTask<Verdict> answering, CancellationToken cancellationToken)
    {
        try
        {
            return await answering.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.StoreFailed(logger, nameof(IApprovalStore), e);
            return Verdict.Deny(Reasons.StoreUnavailable);
        }
    }

    private async ValueTask<Verdict> MeetAsync(ApprovalTrace trace, CancellationToken cancellationToken)
    {
        if (trace.IsNew && !await AnnounceAsync(trace, cancellationToken).ConfigureAwait(false))
        {
            return Verdict.Deny(Reasons.AuditUnavailable);
        }

        if (trace.Case.Status == ApprovalStatus.Pending && !trace.IsResumed && MayAsk(trace.Case))
        {
            return await PromptAsync(trace, cancellationToken).ConfigureAwait(false);
        }

        return await AnsweredAsync(trace).ConfigureAwait(false);
    }

    // What people have answered. It counts once it is in the log.
    private async ValueTask<Verdict> AnsweredAsync(ApprovalTrace trace)
    {
        if (!await process.RecordAsync(trace.Case).ConfigureAwait(false))
        {
            return Verdict.Deny(Reasons.AuditUnavailable);
        }

        trace.IsGranted = trace.Case is { Status: ApprovalStatus.Approved, IsAltered: false };
        return trace.IsGranted ? Verdict.Allow
            : trace.Case is { Status: ApprovalStatus.Pending, IsAltered: false } ? Required
            : Verdict.Deny(ApprovalTransitions.Refusal(trace.Case));
    }

    private async ValueTask<bool> AnnounceAsync(ApprovalTrace trace, CancellationToken cancellationToken)
    {
        ApprovalRequest request = trace.Request;
        trace.IsNew = false;
        if (await record(request, "requested", null, null, null).ConfigureAwait(false))
        {
            notices.Tell(new ApprovalNotice(request, request.Approvers, IsEscalated: false));
            return true;
        }

        // Nobody may be asked about what isn't in the log.
        await ledger.ChangeAsync(request.Id, ApprovalTransitions.Withdraw, cancellationToken).ConfigureAwait(false);
        return false;
    }

    // One who has put it off isn't asked again, and neither is one who is being asked.
    private bool MayAsk(ApprovalCase pending)
    {
        if (_asked.Count >= MostAsked)
        {
            _asked.Clear(); // Of requests that were never decided; those may be asked about again.
        }

        return approver is not null && pending.Decisions.Count == 0 && !pending.IsAltered && _asked.TryAdd(pending.Request.Id, true);
    }

    private async ValueTask<Verdict> PromptAsync(ApprovalTrace trace, CancellationToken cancellationToken)
    {
        ApprovalRequest request = trace.Request;
        bool staysAsked = false;
        try
        {
            (ApprovalResponse response, VerdictReason? failure) = await AnswerOfAsync(approver!, request, cancellationToken).ConfigureAwait(false);
            staysAsked = failure is null;
            return failure is null ? await SettleAsync(trace, await process.DecideAsync(request.Id, response, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false)
                : failure == Reasons.ApprovalExpired && await process.LapseAsync(request.Id, CancellationToken.None).ConfigureAwait(false) is { } lapsed ? Verdict.Deny(ApprovalTransitions.Refusal(trace.Case = lapsed))
                : await record(request, "refused", null, failure, null).ConfigureAwait(false) ? Verdict.Deny(failure) : Verdict.Deny(Reasons.AuditUnavailable);
        }
        finally
        {
            if (!staysAsked)
            {
                _asked.TryRemove(request.Id, out _); // A repeat may ask again.
            }
        }
    }

    private async ValueTask<Verdict> SettleAsync(ApprovalTrace trace, ApprovalResult? result)
    {
        if (result is null)
        {
            return Verdict.Deny(Reasons.StoreUnavailable); // The store has lost it.
        }

        trace.Case = result.Case;
        bool isDecidedOtherwise = result.Refusal == Reasons.ApprovalClosed; // Somebody else was first, and their answer is the one that counts.
        return result.Refusal is { } refusal && !isDecidedOtherwise ? Verdict.Deny(refusal) : await AnsweredAsync(trace).ConfigureAwait(false);
    }

    private async ValueTask<(ApprovalResponse Response, VerdictReason? Failure)> AnswerOfAsync(IApprover asked, ApprovalRequest request, CancellationToken cancellationToken)
    {
        var ends = new CancellationTokenSource();
        CancellationTokenRegistration passedOn = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).CancelQuietly(), ends);
        Task<ApprovalResponse>? answering = null;
        try
        {
            answering = asked.DecideAsync(request, ends.Token).AsTask();
            TimeSpan left = ledger.LeftOf(request);
            return (await answering.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            ends.CancelQuietly();
            throw;
        }
        catch (TimeoutException) when (answering is { IsFaulted: false })
        {
            ends.CancelQuietly();
            return (default, Reasons.ApprovalExpired);
        }
        catch (Exception e) // Law 5: an approver that fails has not approved.
        {
            Log.ApproverThrew(logger, asked.GetType().Name, request.Id, e);
            return (default, Reasons.ApprovalThrew);
        }
        finally
        {
            passedOn.Unregister();
        }
    }

    // At dispatch, after every stage has run again: what was approved has to be what is about to run, and of all calls one gets through.
    private async ValueTask<Verdict> ConsumeAsync(ToolCall call, ApprovalTrace trace)
    {
        ApprovalRequest request = trace.Request;
        if (RequestBuilder.WhatChanged(call, request, ApprovalNeed.GateFor(call)) is { } difference)
        {
            // The same call again would meet this approval and the same denial, so what a guard has changed ends it. It isn't a no: a repeat is a new request.
            if (difference == Reasons.ApprovalTierChanged || difference == Reasons.ApprovalStale)
            {
                await ledger.ChangeAsync(request.Id, ApprovalTransitions.Void, CancellationToken.None).ConfigureAwait(false);
            }

            return Verdict.Deny(ledger.HasExpired(request) ? Reasons.ApprovalExpired : difference);
        }

        return await StartAsync(trace, call.CallId).ConfigureAwait(false);
    }

    private async ValueTask<Verdict> StartAsync(ApprovalTrace trace, string key)
    {
        DateTimeOffset at = time.GetUtcNow();
        ApprovalRequest request = trace.Request;
        if (await ledger.ChangeAsync(request.Id, now => ApprovalTransitions.Start(now, key, at, ledger.HasExpired(request)), CancellationToken.None).ConfigureAwait(false) is not var (used, refusal))
        {
            return Verdict.Deny(Reasons.StoreUnavailable);
        }

        trace.Case = used;
        trace.IsUsed = refusal is null;
        return refusal is null ? Verdict.Allow
            : Verdict.Deny(used.Status == ApprovalStatus.Started ? Reasons.ApprovalUsed : refusal);
    }
}
