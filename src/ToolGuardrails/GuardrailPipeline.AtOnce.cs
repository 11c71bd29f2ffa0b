using System.Runtime.CompilerServices;
using ToolGuardrails.Approval;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// The same stages in the same order, without a state machine, for calls that need none: about which nobody is asked and nothing is counted, whose guards and tool answer at once, and whose records wait for nothing.
// Wherever something is otherwise, the stages take over with what has been done so far. Nothing is decided here that they wouldn't decide.
public sealed partial class GuardrailPipeline
{
    // False where the decision is on its way, or is made otherwise.
    private bool TryDecide(ToolBinding binding, in ToolCall call, bool readable, ApprovalCase? because, CancellationToken cancellationToken, out Verdict verdict, out RiskTier tier, out Task<Judgement>? deciding)
    {
        verdict = default;
        tier = default;
        if (because is not null || cancellationToken.IsCancellationRequested)
        {
            deciding = DecideOnAsync(binding, call, judging: null, readable, because, cancellationToken);
            return false;
        }

        if (!TryJudgeSafely(binding, call, readable, cancellationToken, out verdict, out tier, out Task<ToolCall>? judging))
        {
            deciding = DecideOnAsync(binding, call, judging, readable, because: null, cancellationToken);
            return false;
        }

        if (!Trail.TryDraftDecision(call, verdict, tier))
        {
            deciding = RecordOnAsync(call, verdict, tier, cancellationToken);
            return false;
        }

        deciding = null;
        Tell(call, verdict, tier);
        return true;
    }

    // Every large local is cleared at a method's start, whether it is used or not, so what isn't the rule has methods of its own.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<Judgement> DecideOnAsync(ToolBinding binding, in ToolCall call, Task<ToolCall>? judging, bool readable, ApprovalCase? because, CancellationToken cancellationToken) =>
        DecideAsync(binding, call, judging, readable, because, cancellationToken).AsTask();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<Judgement> RecordOnAsync(in ToolCall call, Verdict verdict, RiskTier tier, CancellationToken cancellationToken) =>
        RecordedAsync(call.With(verdict, tier), cancellationToken).AsTask();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<ToolCall> Judged(in ToolCall call, Verdict verdict, RiskTier tier) => Task.FromResult(call.With(verdict, tier));

    // False where there is more to it; the judged call is on its way then. Law 5 holds here too: the stages turn what is thrown into a denial.
    private bool TryJudgeSafely(ToolBinding binding, in ToolCall call, bool readable, CancellationToken cancellationToken, out Verdict verdict, out RiskTier tier, out Task<ToolCall>? judging)
    {
        try
        {
            if (!TryJudge(call, readable, cancellationToken, out verdict, out tier, out judging))
            {
                return false;
            }

            if (IsOrdinary((PolicySlot)call.Resolved, verdict, tier) && IsStillInForce(binding, call, verdict))
            {
                return true;
            }
        }
        catch (Exception e)
        {
            verdict = default;
            tier = default;
            judging = Task.FromException<ToolCall>(e);
            return false;
        }

        judging = Judged(call, verdict, tier);
        return false;
    }

    // Whether neither people nor a store have a say in what the stages so far have decided.
    private static bool IsOrdinary(PolicySlot slot, Verdict verdict, RiskTier tier) =>
        slot.IsOrdinary && (verdict.Effect == Effect.Deny || (verdict.Effect == Effect.Allow && slot.AsksNobodyAt(tier)));

    // Between a call's first look at the epoch and its decision nothing takes time but guards. Before its tool starts there is another look.
    private bool IsStillInForce(ToolBinding binding, in ToolCall call, Verdict verdict) => _guards.Length == 0 || verdict.Effect == Effect.Deny || IsInForce(binding, call);

    private static bool IsInForce(ToolBinding binding, in ToolCall call) => !binding.Session.HasEnded && binding.ResolveNow() == call.Resolved;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<ToolOutcome<T>> Denied<T>(in ToolCall call, Verdict verdict, RiskTier tier)
    {
        GiveBack(call, atOnce: true);
        return new(new ToolOutcome<T>(DecisionOn(call, verdict, tier)));
    }

    private ValueTask<ToolOutcome<T>> RunAtOnce<TRunner, T>(ToolBinding binding, in ToolCall call, Verdict verdict, RiskTier tier, TRunner tool, in ToolCallOptions<T> options, CancellationToken cancellationToken)
        where TRunner : struct, IToolRunner<T>
    {
        if (_broker is not null || cancellationToken.IsCancellationRequested)
        {
            return RunOnAsync(binding, call, verdict, tier, tool, options, cancellationToken);
        }

        RunningCall running = _running.EnterHere(call, cancellationToken);
        if (!IsInForce(binding, call))
        {
            return ExecuteOnAsync(binding, call, verdict, tier, running, tool, options.Contract, cancellationToken);
        }

        CallerContext caller = CallerContext.Capture();
        ValueTask<T> executing = Begin<TRunner, T>(call, running, tool);
        caller.Restore();
        if (!executing.IsCompletedSuccessfully)
        {
            return FinishOnAsync(call, verdict, tier, running, executing, options.Contract, cancellationToken);
        }

        T value = executing.Result;
        return TryPassOn(call, tier, options.Contract, value, out VerdictReason? withheld)
            ? PassOn(call, verdict, tier, running, value, withheld, options.Contract)
            : FinishOnAsync(call, verdict, tier, running, new ValueTask<T>(value), options.Contract, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<ToolOutcome<T>> PassOn<T>(in ToolCall call, Verdict verdict, RiskTier tier, RunningCall running, T value, VerdictReason? withheld, ResultContract<T> contract)
    {
        _running.Leave(running, atOnce: true);
        GiveBack(call, atOnce: true);
        return new(new ToolOutcome<T>(DecisionOn(call, verdict, tier), value, withheld, contract));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<ToolOutcome<T>> RunOnAsync<TRunner, T>(ToolBinding binding, in ToolCall call, Verdict verdict, RiskTier tier, TRunner tool, in ToolCallOptions<T> options, CancellationToken cancellationToken)
        where TRunner : struct, IToolRunner<T> =>
        RunAsync(binding, call, Task.FromResult(JudgementOn(call, verdict, tier)), tool, options, because: null, cancellationToken);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<ToolOutcome<T>> ExecuteOnAsync<TRunner, T>(ToolBinding binding, in ToolCall call, Verdict verdict, RiskTier tier, RunningCall running, TRunner tool, ResultContract<T> contract, CancellationToken cancellationToken)
        where TRunner : struct, IToolRunner<T> =>
        ExecuteAsync(binding, JudgementOn(call, verdict, tier), running, tool, contract, cancellationToken);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<ToolOutcome<T>> FinishOnAsync<T>(in ToolCall call, Verdict verdict, RiskTier tier, RunningCall running, ValueTask<T> executing, ResultContract<T> contract, CancellationToken cancellationToken)
    {
        ValueTask<ToolOutcome<T>> finishing = FinishAsync(call.With(verdict, tier), running, executing, credential: null, contract, cancellationToken);
        if (finishing.IsCompletedSuccessfully)
        {
            GiveBack(call, atOnce: true);
            return new(finishing.Result);
        }

        return new(finishing.AsTask());
    }

    // Whether nothing that people or stores have given went into a call.
    private static bool IsUnused(in ToolCall call) => ((PolicySlot)call.Resolved).IsOrdinary && call.Approval is null && !call.IsShed && call.Given.Length == 0;

    // Where nobody has to read a result, it passes as it is. False where something has to be seen to first.
    private bool TryPassOn<T>(in ToolCall call, RiskTier tier, ResultContract<T> contract, T value, out VerdictReason? withheld)
    {
        withheld = null;
        try
        {
            if (contract.IsSerialized || ReadsResults(call))
            {
                return false;
            }

            withheld = contract.IsLongerThan(value, _maxResultBytes) ? Reasons.ResultTooLarge : null;
            return Trail.TryDraftOutcome(call, tier, withheld, contract, value);
        }
        catch (Exception)
        {
            return false; // What can't be read, such as a document that is gone.
        }
    }

    private static Judgement JudgementOn(in ToolCall call, Verdict verdict, RiskTier tier) => new(call.With(verdict, tier), DecisionOn(call, verdict, tier));
}
