using System.Diagnostics;
using System.Runtime.CompilerServices;
using ToolGuardrails.Approval;
using ToolGuardrails.Audit;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// Law 1. This file is the order of the stages, and the only place that has one:
// intake, scope, tier, custom guards, approval, audit (decision), execute, result guards, audit (outcome), return.
// Awaits keep the caller's context here, because tools and guards may need it.
public sealed partial class GuardrailPipeline
{
    internal ValueTask<ToolOutcome<T>> RunAsync<TRunner, T>(ToolBinding binding, ToolArguments proposed, TRunner tool, in ToolCallOptions<T> options, CancellationToken cancellationToken, ApprovalCase? because = null)
        where TRunner : struct, IToolRunner<T>
    {
        ToolCall call = Take(binding, proposed, options.ToolUseId);
        if (IsTraced)
        {
            return RunAsync(binding, call, deciding: null, tool, options, because, cancellationToken);
        }

        return TryDecide(binding, call, options.Contract.IsReadable, because, cancellationToken, out Verdict verdict, out RiskTier tier, out Task<Judgement>? deciding)
            ? verdict.Effect == Effect.Deny ? Denied<T>(call, verdict, tier) : RunAtOnce(binding, call, verdict, tier, tool, options, cancellationToken)
            : RunAsync(binding, call, deciding!, tool, options, because, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async ValueTask<ToolOutcome<T>> RunAsync<TRunner, T>(ToolBinding binding, ToolCall call, Task<Judgement>? deciding, TRunner tool, ToolCallOptions<T> options, ApprovalCase? because, CancellationToken cancellationToken)
        where TRunner : struct, IToolRunner<T>
    {
        deciding ??= DecideTracedAsync(binding, call, options.Contract.IsReadable, because, cancellationToken);
        bool atOnce = deciding.IsCompleted;
        Judgement judged = await deciding;
        if (!judged.Decision.IsAllowed)
        {
            GiveBack(call, atOnce);
            return because is null && judged.Edit is { } edit
                ? await RunAsync(binding, ToolArguments.FromUtf8(edit.EditedArguments.Span, Limits), tool, options, cancellationToken, edit)
                : new ToolOutcome<T>(judged.Decision, judged.Pending);
        }

        await StopIfCancelledAsync(judged.Call, cancellationToken);
        ValueTask<ToolOutcome<T>> executing = ExecuteAsync(binding, judged, _running.Enter(judged.Call, cancellationToken), tool, options.Contract, cancellationToken);
        bool ranAtOnce = executing.IsCompleted;
        ToolOutcome<T> outcome = await executing;
        GiveBack(call, atOnce && ranAtOnce);
        return outcome;
    }

    // The span is over when the decision is recorded: nothing that the tool does stands under it.
    private async Task<Judgement> DecideTracedAsync(ToolBinding binding, ToolCall call, bool readable, ApprovalCase? because, CancellationToken cancellationToken)
    {
        Activity? span = StartSpan();
        try
        {
            return await DecideAsync(binding, call, judging: null, readable, because, cancellationToken);
        }
        finally
        {
            EndSpan(span);
        }
    }

    private async ValueTask<Judgement> DecideAsync(ToolBinding binding, ToolCall call, Task<ToolCall>? judging, bool readable, ApprovalCase? because, CancellationToken cancellationToken)
    {
        try
        {
            if (judging is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            call = judging is null ? await JudgeAsync(call, readable, cancellationToken) : await judging;
            call = StillInForce(binding, Observation.Observe(await ConsentAsync(binding, call, readable, because, cancellationToken)));
            call = await UseElevationsAsync(await ChargeAsync(call));
        }
        catch (Exception e)
        {
            call = Unsettled(call, e, cancellationToken);
        }

        return await RecordedAsync(call, cancellationToken);
    }

    private async ValueTask<Judgement> RecordedAsync(ToolCall call, CancellationToken cancellationToken)
    {
        call = await RecordDecisionAsync(call);
        Tell(call, call.SoFar, call.Tier);
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
        if (Trail.TryDraftDecision(call))
        {
            return call;
        }

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
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async ValueTask<ToolOutcome<T>> ExecuteAsync<TRunner, T>(ToolBinding binding, Judgement judged, RunningCall running, TRunner tool, ResultContract<T> contract, CancellationToken cancellationToken)
        where TRunner : struct, IToolRunner<T>
    {
        ToolCredential? credential = null;
        ValueTask<T> executing;
        bool begins = false;
        try
        {
            judged = StillInForce(binding, judged);
            if (judged.Decision.IsAllowed && _broker is not null)
            {
                (judged, credential) = await TakeCredentialAsync(binding, judged, running.Ends.Token, cancellationToken);
            }

            if (!judged.Decision.IsAllowed)
            {
                return new ToolOutcome<T>(judged.Decision);
            }

            if (_broker is not null)
            {
                ToolCredential.Current = credential; // A call inside of another one doesn't inherit that one's.
            }

            begins = true;
            executing = Begin<TRunner, T>(judged.Call, running, tool);
        }
        finally
        {
            if (!begins)
            {
                _running.Leave(running, atOnce: false);
            }
        }

        return await FinishAsync(judged.Call, running, executing, credential, contract, cancellationToken);
    }

    // What a tool throws before it returns is what its task would have thrown.
    private static ValueTask<T> Begin<TRunner, T>(in ToolCall call, RunningCall running, TRunner tool)
        where TRunner : struct, IToolRunner<T>
    {
        try
        {
            return tool.RunAsync(call.Arguments, running.Ends.Token);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<T>(e);
        }
    }

    // Only for who awaits it once, or makes a task of it: what comes from a pool must not reach a host.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async ValueTask<ToolOutcome<T>> FinishAsync<T>(ToolCall call, RunningCall running, ValueTask<T> executing, ToolCredential? credential, ResultContract<T> contract, CancellationToken cancellationToken)
    {
        bool atOnce = executing.IsCompleted;
        try
        {
            _running.MarkBegun(running);
            T value;
            try
            {
                value = await WithCredentialAsync(executing, credential);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await RecordOutcomeAsync<T>(call, OutcomeStatus.Unknown, "cancelled", withheld: null, contract: null, default);
                throw;
            }
            catch (OperationCanceledException) when (running.Stopped is not null)
            {
                await RecordOutcomeAsync<T>(call, OutcomeStatus.Unknown, running.Stopped.Code, running.Stopped, contract: null, default);
                return new ToolOutcome<T>(DecisionOn(call), default, running.Stopped, contract);
            }
            catch (Exception e)
            {
                await RecordOutcomeAsync<T>(call, OutcomeStatus.Failed, e.GetType().Name, withheld: null, contract: null, default);
                throw;
            }

            return IsUnused(call) && TryPassOn(call, call.Tier, contract, value, out VerdictReason? withheld)
                ? new ToolOutcome<T>(DecisionOn(call), value, withheld, contract)
                : await PassOnAsync(call, contract, value, cancellationToken);
        }
        finally
        {
            _running.Leave(running, atOnce);
        }
    }

    // Result guards, audit (outcome), return.
    private async ValueTask<ToolOutcome<T>> PassOnAsync<T>(ToolCall call, ResultContract<T> contract, T value, CancellationToken cancellationToken)
    {
        SettledResult<T> result = await SettleResultAsync(call, contract, value, cancellationToken);
        bool kept = await RecordOutcomeAsync(call, OutcomeStatus.Succeeded, error: null, result.Withheld, result.Withheld is null ? contract : null, result.Value, result.Read, result.Dropped);
        VerdictReason? withheld = IsObserved(call) ? null : result.Withheld;
        return new ToolOutcome<T>(DecisionOn(call), result.Value, !kept && call.Tier == RiskTier.High ? withheld ?? Reasons.AuditOutcomeLost : withheld, contract);
    }
}
