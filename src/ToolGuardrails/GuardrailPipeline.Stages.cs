using ToolGuardrails.Approval;
using ToolGuardrails.Audit;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;
using ToolGuardrails.Results;
using ToolGuardrails.Scoping;

namespace ToolGuardrails;

// Law 1. This file is the order of the stages, and the only place that has one:
// intake, scope, tier, custom guards, approval, audit (decision), execute, result guards, audit (outcome), return.
// Awaits keep the caller's context here, because tools and guards may need it.
public sealed partial class GuardrailPipeline
{
    internal async ValueTask<ToolOutcome<T>> RunAsync<TRunner, T>(ToolBinding binding, ToolArguments proposed, TRunner tool, ToolCallOptions<T> options, CancellationToken cancellationToken, ApprovalCase? because = null)
        where TRunner : struct, IToolRunner<T>
    {
        ToolCall call = Take(binding, proposed, options.ToolUseId);
        ValueTask<Judgement> deciding = DecideAsync(binding, call, options.Contract.IsReadable, because, cancellationToken);
        bool atOnce = deciding.IsCompleted;
        Judgement judged = await deciding;
        if (!judged.Decision.IsAllowed)
        {
            GiveBack(call, atOnce);
            return because is null && judged.Edit is { } edit
                ? await RunAsync(binding, ToolArguments.FromUtf8(edit.EditedArguments.Span, Limits), tool, options, cancellationToken, edit)
                : new ToolOutcome<T>(call.Tool.Id, judged.Decision, judged.Pending);
        }

        await StopIfCancelledAsync(judged.Call, cancellationToken);
        RunningCall running = _running.Enter(judged.Call, cancellationToken);
        ValueTask<ToolOutcome<T>> executing = ExecuteAsync(binding, judged, running, tool, options.Contract, cancellationToken);
        bool ranAtOnce = executing.IsCompleted;
        try
        {
            ToolOutcome<T> outcome = await executing;
            GiveBack(call, atOnce && ranAtOnce);
            return outcome;
        }
        finally
        {
            _running.Leave(running, ranAtOnce);
        }
    }

    internal async ValueTask<Decision> EvaluateAsync(ToolBinding binding, ToolArguments proposed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ToolCall call = Take(binding, proposed, toolUseId: null);
        ValueTask<ToolCall> judging = JudgeAsync(call, readable: true, cancellationToken);
        bool atOnce = judging.IsCompleted;
        ToolCall judged = await judging;
        Verdict verdict = judged.SoFar.And(await _deadline.AskAsync(_approval, judged, cancellationToken));
        judged = Observation.Observe(await CheckBudgetsAsync(judged.With(verdict, judged.Tier), cancellationToken));
        GiveBack(call, atOnce);
        return DecisionOn(judged);
    }

    internal async ValueTask<ToolAuthorization> AuthorizeAsync(ToolBinding binding, ToolArguments proposed, string? toolUseId, CancellationToken cancellationToken)
    {
        ToolCall call = Take(binding, proposed, toolUseId);
        ValueTask<Judgement> deciding = DecideAsync(binding, call, readable: true, because: null, cancellationToken);
        bool atOnce = deciding.IsCompleted;
        Judgement judged = await deciding;
        string? token = null;
        if (judged.Decision.IsAllowed)
        {
            await StopIfCancelledAsync(judged.Call, cancellationToken);
            judged = StillInForce(binding, judged);
        }

        if (judged.Decision.IsAllowed)
        {
            Trail.ReleaseOutcome(judged.Call);
            token = CompletionToken.Write(judged.Call, Trail.Commitment);
        }

        GiveBack(call, atOnce);
        return new ToolAuthorization(judged.Decision, token, judged.Pending);
    }

    // Scope, tier, custom guards. The first Deny ends the walk; a demand for approval doesn't, so nobody is asked about a call that a later guard denies (law 3).
    private async ValueTask<ToolCall> JudgeAsync(ToolCall call, bool readable, CancellationToken cancellationToken)
    {
        if (call.Arguments.Refusal is { } refusal)
        {
            return call.With(Verdict.Deny(refusal), RiskTier.Unclassified);
        }

        Verdict verdict = await _deadline.AskAsync(_scope, call, cancellationToken);
        if (verdict.Effect == Effect.Deny && !Observation.Covers(call, verdict))
        {
            return call.With(verdict, RiskTier.Unclassified);
        }

        Verdict tier = await _deadline.AskAsync(_tier, call, cancellationToken);
        if (tier.Effect == Effect.Deny)
        {
            return call.With(tier, tier.AtLeast); // Not what is missing in scope: that is let through where the agent is only observed, and a tier above its ceiling isn't.
        }

        verdict = verdict.And(tier);
        call = call.With(verdict, verdict.AtLeast);
        foreach (IToolGuard guard in _guards)
        {
            if (verdict.Effect == Effect.Deny)
            {
                break;
            }

            // A guard sees the tier, not what the others said.
            verdict = verdict.And(await _deadline.AskAsync(guard, call.With(default, call.Tier), cancellationToken));
        }

        if (verdict.Effect != Effect.Deny && !readable && (_resultGuards.Length > 0 || ResultProjection.FieldsFor(call) is not null))
        {
            verdict = verdict.And(Verdict.Deny(Reasons.ResultNoContract));
        }

        return call.With(verdict, verdict.AtLeast);
    }

    private async ValueTask<Judgement> DecideAsync(ToolBinding binding, ToolCall call, bool readable, ApprovalCase? because, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            call = await JudgeAsync(call, readable, cancellationToken);
            call = StillInForce(binding, Observation.Observe(await ConsentAsync(binding, call, readable, because, cancellationToken)));
            call = await UseElevationsAsync(await ChargeAsync(call));
        }
        catch (Exception e)
        {
            call = Unsettled(call, e, cancellationToken);
        }

        call = await RecordDecisionAsync(call);
        await GiveUpUnlessRunningAsync(call);
        if (call.SoFar.Reason == Reasons.CallCancelled)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new Judgement(call, DecisionOn(call));
    }

    // Approval. Once people have consented, every stage runs again, and what was consented to has to be what would run now (law 7).
    private async ValueTask<ToolCall> ConsentAsync(ToolBinding binding, ToolCall call, bool readable, ApprovalCase? because, CancellationToken cancellationToken)
    {
        if (because is { Status: not ApprovalStatus.Edited })
        {
            return await ResumeAsync(call, because, cancellationToken);
        }

        Verdict consent = await _approval.EvaluateAsync(call, cancellationToken);
        ToolCall checkedCall = await CheckBudgetsAsync(call.With(call.SoFar.And(consent), call.Tier), cancellationToken);
        if (consent.Effect != Effect.RequireApproval || checkedCall.SoFar.Effect == Effect.Deny || IsObserved(call))
        {
            return because is null || !checkedCall.MayRun ? checkedCall : await TakeUpAsync(checkedCall, because);
        }

        try
        {
            if (because is null && await UseConsentAsync(call) is { } consented)
            {
                return consented;
            }

            call = because is null ? await OpenAsync(call, edit: null, cancellationToken) : await OpenEditedAsync(call, because, cancellationToken);
            return call.SoFar.Effect == Effect.Deny ? call : await AskAsync(binding, call, readable, cancellationToken);
        }
        catch (Exception e)
        {
            return Unsettled(call, e, cancellationToken);
        }
    }

    private async ValueTask<ToolCall> AskAsync(ToolBinding binding, ToolCall call, bool readable, CancellationToken cancellationToken)
    {
        Verdict consent = await _approval.EvaluateAsync(call, cancellationToken);
        if (consent.Effect != Effect.Allow)
        {
            // Where a guard asked for the approval, its own code says so.
            return call.With(call.SoFar.And(consent), call.Tier, call.Approval);
        }

        if (binding.Session.HasEnded)
        {
            return call.With(Verdict.Deny(Reasons.SessionEnded), call.Tier, call.Approval);
        }

        ToolCall again = await JudgeAsync(new ToolCall(binding.Resolve(), call.Session, call.Arguments, call.Id, call.ToolUseId), readable, cancellationToken);
        again = WithoutLost(again.With(again.SoFar, again.Tier, call.Approval), call.Approval!.Request.IsElevated);
        return again.With(await _approval.EvaluateAsync(again, cancellationToken), again.Tier, call.Approval);
    }

    // Audit (decision). Never cancelled: what was decided is recorded. Room for the outcome comes first, so that what runs can be told.
    private async ValueTask<ToolCall> RecordDecisionAsync(ToolCall call)
    {
        if (Trail.TryShed(call))
        {
            return call.Shed();
        }

        bool reserved = call.MayRun && await Trail.Writer.ReserveOutcomeAsync();
        if (call.MayRun && !reserved)
        {
            call = call.With(Verdict.Deny(Reasons.AuditUnavailable), call.Tier, call.Approval);
        }

        Verdict recorded = await _audit.EvaluateAsync(call, CancellationToken.None);
        if (recorded.Effect == Effect.Allow)
        {
            return call;
        }

        if (reserved)
        {
            // The record may have been kept after all: say that nothing ran.
            _ = Trail.OutcomeAsync<NoResult>(call, OutcomeStatus.NotRun, recorded.Reason.Code, withheld: null, contract: null, default).AsTask();
        }

        return call.With(recorded, call.Tier, call.Approval);
    }

    // A caller who gave up while the decision was being recorded: the tool never starts, and the log says so.
    private async ValueTask StopIfCancelledAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            await RecordOutcomeAsync<NoResult>(call, OutcomeStatus.NotRun, "cancelled", withheld: null, contract: null, default);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // Execute. The last look comes after the call is registered as running, so that a suspension either denies it here or tells its tool to stop.
    private async ValueTask<ToolOutcome<T>> ExecuteAsync<TRunner, T>(ToolBinding binding, Judgement judged, RunningCall running, TRunner tool, ResultContract<T> contract, CancellationToken cancellationToken)
        where TRunner : struct, IToolRunner<T>
    {
        judged = StillInForce(binding, judged);
        ToolCall call = judged.Call;
        if (!judged.Decision.IsAllowed)
        {
            return new ToolOutcome<T>(call.Tool.Id, judged.Decision);
        }

        ToolCredential? credential = null;
        if (_broker is not null)
        {
            (judged, credential) = await TakeCredentialAsync(binding, judged, running.Ends.Token, cancellationToken);
            if (!judged.Decision.IsAllowed)
            {
                return new ToolOutcome<T>(call.Tool.Id, judged.Decision);
            }
        }

        T value;
        try
        {
            if (_broker is not null)
            {
                ToolCredential.Current = credential; // A call inside of another one doesn't inherit that one's.
            }

            ValueTask<T> executing = tool.RunAsync(call.Arguments, running.Ends.Token);
            _running.MarkBegun(running);
            value = await executing;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await RecordOutcomeAsync<T>(call, OutcomeStatus.Unknown, "cancelled", withheld: null, contract: null, default);
            throw;
        }
        catch (OperationCanceledException) when (running.Stopped is not null)
        {
            await RecordOutcomeAsync<T>(call, OutcomeStatus.Unknown, running.Stopped.Code, running.Stopped, contract: null, default);
            return new ToolOutcome<T>(call.Tool.Id, judged.Decision, default, running.Stopped, contract);
        }
        catch (Exception e)
        {
            await RecordOutcomeAsync<T>(call, OutcomeStatus.Failed, e.GetType().Name, withheld: null, contract: null, default);
            throw;
        }
        finally
        {
            await EndCredentialAsync(credential);
        }

        SettledResult<T> result = await SettleResultAsync(call, contract, value, cancellationToken);
        bool kept = await RecordOutcomeAsync(call, OutcomeStatus.Succeeded, error: null, result.Withheld, result.Withheld is null ? contract : null, result.Value, result.Read, result.Dropped);
        VerdictReason? withheld = IsObserved(call) ? null : result.Withheld;
        return new ToolOutcome<T>(call.Tool.Id, judged.Decision, result.Value, !kept && call.Tier == RiskTier.High ? withheld ?? Reasons.AuditOutcomeLost : withheld, contract);
    }
}
