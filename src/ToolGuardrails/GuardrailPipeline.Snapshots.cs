using System.Runtime.CompilerServices;
using ToolGuardrails.Audit;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// Where a call's snapshot comes from, where it goes, and whether what was judged is still what holds.
public sealed partial class GuardrailPipeline
{
    // Intake: the snapshot is taken here, before the first await, and nothing else is read from now on.
    private ToolCall Take(ToolBinding binding, ToolArguments proposed, string? toolUseId)
    {
        PolicySlot slot = binding.Resolve();
        ArgumentSnapshot? snapshot = proposed.Snapshot;
        if (snapshot is null || !proposed.TryTake())
        {
            proposed = RefusedArguments.For(snapshot is null ? Reasons.ArgumentsMalformed : Reasons.ArgumentsReused);
        }
        else if (RefusedArguments.Beyond(snapshot, Limits) is { } beyond)
        {
            proposed = RefusedArguments.For(beyond);
        }

        return new ToolCall(slot, binding.Session.Identity, proposed, _ids.Next(), toolUseId);
    }

    // Guards and people may have taken their time: what was judged has to be what is in force when the call is let through (T39).
    private ToolCall StillInForce(ToolBinding binding, ToolCall call)
    {
        if (!call.MayRun)
        {
            return call;
        }

        if (binding.Session.HasEnded)
        {
            return call.With(Verdict.Deny(Reasons.SessionEnded), call.Tier, call.Approval);
        }

        if (call.Given.Length > 0 && HasLost(call, CurrentEpoch()))
        {
            return call.With(Verdict.Deny(Reasons.GrantEnded), call.Tier, call.Approval);
        }

        var judged = (PolicySlot)call.Resolved;
        PolicySlot now = binding.ResolveNow();
        bool same = now == judged
            || (Observation.Denies(now) is null && now.Definition == judged.Definition && now.Terms.Equals(judged.Terms) && now.Digest.Value.AsSpan().SequenceEqual(judged.Digest.Value));
        return same ? call : call.With(Verdict.Deny(NoLongerInForce(call, judged, now)), call.Tier, call.Approval);
    }

    // A rule of another policy than the one that judged the call doesn't speak about it: the call is judged anew when it is made again.
    private static VerdictReason NoLongerInForce(in ToolCall call, PolicySlot judged, PolicySlot now) =>
        Observation.Denies(now) is { } denial && (now.IsStopped || now.PolicyDigest == judged.PolicyDigest) ? denial
        : call.Approval is null ? Reasons.PolicyChanged
        : now.Definition != judged.Definition ? Reasons.ApprovalDefinitionChanged
        : Reasons.ApprovalPolicyChanged;

    // The same once the decision is recorded: if it doesn't hold any more, the log says that nothing ran.
    private Judgement StillInForce(ToolBinding binding, Judgement judged)
    {
        ToolCall call = StillInForce(binding, judged.Call);
        if (call.MayRun)
        {
            return judged;
        }

        _ = Trail.OutcomeAsync<NoResult>(judged.Call, OutcomeStatus.NotRun, call.SoFar.Reason.Code, withheld: null, contract: null, default).AsTask();
        _ = FinishApprovalAsync(judged.Call, OutcomeStatus.NotRun).AsTask();
        return new Judgement(call, DecisionOn(call));
    }

    // A pooled snapshot goes back only where every stage and the tool completed at once; otherwise somebody may still read it.
    private void GiveBack(in ToolCall call, bool atOnce)
    {
        if (atOnce && call.Arguments.Snapshot is { Pooled: true } snapshot && call.Arguments.IsLive)
        {
            Snapshots.Return(snapshot);
        }
    }

    private static Decision DecisionOn(in ToolCall call) =>
        new(call.SoFar, call.Tier, call.Id, call.Resolved, IsObserved(call) ? EnforcementMode.Observe : EnforcementMode.Enforce, call.IsLetThrough);

    // For a call of agents that aren't observed, as the stages have judged it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Decision DecisionOn(in ToolCall call, Verdict verdict, RiskTier tier) =>
        new(verdict, tier, call.Id, call.Resolved);

    // Law 5 holds for the library's own stages too; and a caller who cancels is recorded with what was known by then.
    private ToolCall Unsettled(in ToolCall call, Exception e, CancellationToken cancellationToken)
    {
        bool cancelled = e is OperationCanceledException && cancellationToken.IsCancellationRequested;
        if (!cancelled)
        {
            Log.GuardThrew(_logger, nameof(GuardrailPipeline), VisibleText.Escape(call.Tool.Id), e);
        }

        return call.With(Verdict.Deny(cancelled ? Reasons.CallCancelled : Reasons.GuardThrew), call.Tier, call.Approval);
    }

    private readonly record struct Judgement(ToolCall Call, Decision Decision)
    {
        public ApprovalRequest? Pending => Decision.Effect == Effect.RequireApproval ? Call.Approval?.Request : null;

        // What somebody changed the call to.
        public ApprovalCase? Edit => Decision.Code == DecisionCodes.ApprovalEdited && Call.Approval?.Case is { Status: ApprovalStatus.Edited } edited ? edited : null;
    }
}
