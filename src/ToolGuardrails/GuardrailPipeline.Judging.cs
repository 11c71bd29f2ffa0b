using ToolGuardrails.Policy;
using ToolGuardrails.Results;
using ToolGuardrails.Scoping;
using ToolGuardrails.Tiers;

namespace ToolGuardrails;

// The stages that judge a call by itself: scope, tier, custom guards. They hand on a verdict and a tier; a whole call is only made of them for who needs one, because copies cost.
public sealed partial class GuardrailPipeline
{
    private ValueTask<ToolCall> JudgeAsync(ToolCall call, bool readable, CancellationToken cancellationToken) =>
        TryJudge(call, readable, cancellationToken, out Verdict verdict, out RiskTier tier, out Task<ToolCall>? judging) ? new(call.With(verdict, tier)) : new(judging!);

    // Scope, tier, custom guards. The first Deny ends the walk; a demand for approval doesn't, so nobody is asked about a call that a later guard denies (law 3).
    // False where a guard takes its time; the rest is on its way then.
    private bool TryJudge(in ToolCall call, bool readable, CancellationToken cancellationToken, out Verdict verdict, out RiskTier tier, out Task<ToolCall>? judging)
    {
        judging = null;
        if (call.Arguments.Snapshot!.Refusal is { } refusal)
        {
            verdict = Verdict.Deny(refusal);
            tier = RiskTier.Unclassified;
            return true;
        }

        if (!TryScopeAndTier(call, out verdict, out tier))
        {
            return true;
        }

        if (_guards.Length > 0 && !TryGuardsInContext(call, readable, tier, ref verdict, cancellationToken, out judging))
        {
            return false;
        }

        if (!IsReadable(call, verdict, readable))
        {
            verdict = verdict.And(Verdict.Deny(Reasons.ResultNoContract));
        }

        tier = verdict.AtLeast;
        return true;
    }

    private bool TryGuardsInContext(in ToolCall call, bool readable, RiskTier tier, ref Verdict verdict, CancellationToken cancellationToken, out Task<ToolCall>? judging)
    {
        CallerContext caller = CallerContext.Capture();
        try
        {
            return TryGuards(call, from: 0, readable, tier, ref verdict, cancellationToken, out judging);
        }
        finally
        {
            caller.Restore();
        }
    }

    // A guard sees the tier, not what the others said.
    private bool TryGuards(in ToolCall call, int from, bool readable, RiskTier tier, ref Verdict verdict, CancellationToken cancellationToken, out Task<ToolCall>? judging)
    {
        judging = null;
        ToolCall seen = call.With(default, tier);
        GuardToken token = GuardToken.Rent(cancellationToken);
        CancellationToken ends = token.Token;
        IToolGuard[] guards = _guards;
        int at = verdict.Effect == Effect.Deny ? guards.Length : from;
        ValueTask<Verdict> answer = default;
        try
        {
            for (; at < guards.Length; at++)
            {
                answer = guards[at].EvaluateAsync(seen, ends);
                if (!answer.IsCompletedSuccessfully)
                {
                    break;
                }

                Verdict said = answer.Result;
                if (said.IsPlainAllow)
                {
                    continue;
                }

                verdict = verdict.And(said);
                if (verdict.Effect == Effect.Deny)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            answer = new(Task.FromException<Verdict>(e));
        }

        if (at == guards.Length || verdict.Effect == Effect.Deny)
        {
            token.Return();
            return true;
        }

        judging = JudgeOnAsync(call.With(verdict, tier), _deadline.AwaitAsync(answer, _guards[at], call.Tool.Id, token, cancellationToken), at + 1, readable, cancellationToken);
        return false;
    }

    private async Task<ToolCall> JudgeOnAsync(ToolCall call, ValueTask<Verdict> answer, int next, bool readable, CancellationToken cancellationToken)
    {
        Verdict verdict = call.SoFar.And(await answer);
        if (!TryGuards(call, next, readable, call.Tier, ref verdict, cancellationToken, out Task<ToolCall>? judging))
        {
            return await judging!;
        }

        return IsReadable(call, verdict, readable) ? call.With(verdict, verdict.AtLeast) : call.With(verdict.And(Verdict.Deny(Reasons.ResultNoContract)), verdict.AtLeast);
    }

    // The first two stages. False where the walk ends here.
    private bool TryScopeAndTier(in ToolCall call, out Verdict verdict, out RiskTier tier)
    {
        var slot = (PolicySlot)call.Resolved;
        if (slot.Known is { } known)
        {
            verdict = known.Verdict;
            tier = known.Tier;
            return known.GoesOn;
        }

        bool goesOn = TryScopeAndTier(slot, call, out verdict, out tier);
        if (!slot.DependsOnCall)
        {
            slot.Known = new KnownVerdict(verdict, tier, goesOn);
        }

        return goesOn;
    }

    // They look at the arguments once. What they object to is a reference; verdicts are made of it once, because each copy of one costs.
    private bool TryScopeAndTier(PolicySlot slot, in ToolCall call, out Verdict verdict, out RiskTier tier)
    {
        Span<int> positions = slot.RoomForPlaces();
        tier = RiskTier.Unclassified;
        VerdictReason? outOfScope = Scope(slot, call, positions, out bool hasLooked);
        verdict = outOfScope is null ? Verdict.Allow : ScopeGuard.VerdictOf(outOfScope);
        if (outOfScope is not null && !Observation.Covers(call, verdict))
        {
            return false;
        }

        tier = Tier(slot, call, positions, hasLooked, out VerdictReason? objection);
        if (objection is not null)
        {
            verdict = Verdict.DenyAt(tier, objection); // Not what is missing in scope: that is let through where the agent is only observed, and a tier above its ceiling isn't.
            return false;
        }

        verdict = outOfScope is null ? Verdict.AllowAtLeast(tier) : verdict.And(Verdict.AllowAtLeast(tier));
        tier = verdict.AtLeast;
        return true;
    }

    private VerdictReason? Scope(PolicySlot slot, in ToolCall call, Span<int> positions, out bool hasLooked)
    {
        try
        {
            hasLooked = true;
            return ScopeGuard.Objection(slot, call, positions);
        }
        catch (Exception e)
        {
            hasLooked = false;
            return Threw(nameof(ScopeGuard), call, e);
        }
    }

    private RiskTier Tier(PolicySlot slot, in ToolCall call, ReadOnlySpan<int> positions, bool hasLooked, out VerdictReason? objection)
    {
        try
        {
            RiskTier tier = TierGuard.TierOf(slot, call, positions, hasLooked);
            objection = TierGuard.Objection(slot, ref tier);
            return tier;
        }
        catch (Exception e)
        {
            objection = Threw(nameof(TierGuard), call, e);
            return RiskTier.Low;
        }
    }

    // Whether what the stages after the tool have to read can be read.
    private bool IsReadable(in ToolCall call, Verdict verdict, bool readable) =>
        verdict.Effect == Effect.Deny || readable || (_resultGuards.Length == 0 && ResultProjection.FieldsFor(call.With(verdict, verdict.AtLeast)) is null);

    private VerdictReason Threw(string guard, in ToolCall call, Exception e)
    {
        Log.GuardThrew(_logger, guard, VisibleText.Escape(call.Tool.Id), e);
        return Reasons.GuardThrew;
    }
}
