using Microsoft.Extensions.Logging;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>Records a request or an answer; false where that can't be done.</summary>
internal delegate ValueTask<bool> RecordApproval(ApprovalRequest request, string status, ApprovalResponse? response, VerdictReason? reason);

/// <summary>The stage after the custom guards: whether the call needs a human, and whether the one who answered has consented to exactly this (law 7).</summary>
internal sealed class ApprovalGuard(IApprover? approver, RecordApproval record, TimeProvider time, ILogger logger) : IToolGuard
{
    private static readonly Verdict Required = Verdict.RequireApproval(Reasons.ApprovalRequired);
    private readonly RequestBuilder _builder = new(time);

    /// <summary>Without a trace: whether approval is needed. With one that has no answer yet: asks. With an answer: consumes it.</summary>
    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (call.SoFar.Effect == Effect.Deny)
        {
            return new(call.SoFar);
        }

        var slot = (PolicySlot)call.Resolved;
        return call.Tier is < RiskTier.Low or > RiskTier.High ? new(Verdict.Deny(Reasons.TierUnclassified))
            : call.Tier > slot.Ceiling ? new(Verdict.Deny(Reasons.TierAboveAgent))
            : GateFor(call).Approval == ApprovalGate.None ? new(Verdict.Allow)
            : HasNobody(GateFor(call), call.Session) ? new(Verdict.Deny(Reasons.ApprovalNobody))
            : call.Approval is not { } trace ? new(Required)
            : trace.Granted is null ? AskAsync(call, trace, cancellationToken)
            : new(Consume(call, trace));
    }

    /// <summary>Makes the request for a call that needs one.</summary>
    public ApprovalTrace Request(in ToolCall call) => new(_builder.Build(call, GateFor(call)));

    /// <summary>The gate that a call goes through. A guard's demand on a Low call goes through Medium's, or Low's own where that is stricter.</summary>
    public static TierGate GateFor(in ToolCall call)
    {
        IReadOnlyDictionary<RiskTier, TierGate> gates = ((PolicySlot)call.Resolved).Gates;
        TierGate gate = gates[call.Tier];
        bool raised = call.Tier == RiskTier.Low && call.SoFar.Effect == Effect.RequireApproval;
        return raised && gate.Approval != ApprovalGate.PerCall ? gates[RiskTier.Medium] : gate;
    }

    // The subject never approves a call that is asked for each time; and there may be none.
    private static bool HasNobody(TierGate gate, SessionIdentity session) =>
        gate.Approvers.All(static a => a == "subject")
        && (gate.Approvers.Count == 0 || session.Subject is null || gate.Approval != ApprovalGate.Review);

    private async ValueTask<Verdict> AskAsync(ToolCall call, ApprovalTrace trace, CancellationToken cancellationToken)
    {
        ApprovalRequest request = trace.Request;
        if (!await record(request, "requested", null, null).ConfigureAwait(false))
        {
            return Verdict.Deny(Reasons.AuditUnavailable);
        }

        if (approver is null)
        {
            return Required;
        }

        (ApprovalResponse response, VerdictReason? failure) = await AnswerAsync(approver, request, cancellationToken).ConfigureAwait(false);
        return await SettleAsync(trace, response, failure).ConfigureAwait(false);
    }

    private async ValueTask<Verdict> SettleAsync(ApprovalTrace trace, ApprovalResponse response, VerdictReason? failure)
    {
        VerdictReason? refusal = failure ?? response.Answer switch
        {
            ApprovalAnswer.Approve => trace.Request.HasExpired(time) ? Reasons.ApprovalExpired : ApproverRules.Check(trace.Request, response),
            ApprovalAnswer.Defer => null,
            _ => Reasons.ApprovalRejected,
        };
        string status = refusal switch
        {
            null => response.Answer == ApprovalAnswer.Approve ? "approved" : "deferred",
            _ when refusal == Reasons.ApprovalRejected => "rejected",
            _ when refusal == Reasons.ApprovalExpired => "expired",
            _ => "refused",
        };
        if (!await record(trace.Request, status, response, refusal).ConfigureAwait(false))
        {
            return Verdict.Deny(Reasons.AuditUnavailable);
        }

        if (refusal is null && response.Answer == ApprovalAnswer.Approve)
        {
            trace.Granted = response;
            return Verdict.Allow;
        }

        return refusal is null ? Required : Verdict.Deny(refusal);
    }

    private async ValueTask<(ApprovalResponse Response, VerdictReason? Failure)> AnswerAsync(IApprover asked, ApprovalRequest request, CancellationToken cancellationToken)
    {
        var ends = new CancellationTokenSource();
        CancellationTokenRegistration passedOn = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).CancelQuietly(), ends);
        Task<ApprovalResponse>? answering = null;
        try
        {
            answering = asked.DecideAsync(request, ends.Token).AsTask();
            return (await answering.WaitAsync(request.Lifetime, time, cancellationToken).ConfigureAwait(false), null);
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

    // At dispatch, after every stage has run again: what was approved has to be what is about to run.
    private Verdict Consume(in ToolCall call, ApprovalTrace trace)
    {
        ApprovalRequest request = trace.Request;
        TierGate gate = GateFor(call);
        VerdictReason? refusal = request.HasExpired(time) ? Reasons.ApprovalExpired
            : gate.Approval != request.Gate || call.Tier != request.Tier || RequestBuilder.DigestOf(call) != request.Digest ? Reasons.ApprovalStale
            : request.TryUse() ? null : Reasons.ApprovalUsed;
        return refusal is null ? Verdict.Allow : Verdict.Deny(refusal);
    }
}
