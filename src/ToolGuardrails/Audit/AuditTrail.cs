using System.Text;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>What the pipeline records, one method for each kind of record.</summary>
internal sealed class AuditTrail(AuditWriter writer, Commitment commitment, AuditOptions options, TimeProvider time)
{
    private readonly RecordClock _clock = new(time);

    public Commitment Commitment => commitment;

    public AuditWriter Writer => writer;

    /// <summary>How safely a decision has to be kept before its call goes on (docs/semantics.md).</summary>
    public AuditAcknowledgement LevelFor(RiskTier tier, ToolInfo tool) => tier switch
    {
        RiskTier.Low when tool.Reversible => options.Low,
        RiskTier.Medium when tool.Reversible => options.Medium,
        _ => options.High,
    };

    /// <summary>Whether a call goes on without records: only where the host has said so, for reversible calls of tier Low, while memory is full. What is missing is counted.</summary>
    public bool TryShed(in ToolCall call)
    {
        bool sheds = options.ShedLow && call.SoFar.Effect == Effect.Allow && call.Tier == RiskTier.Low && call.Tool.Reversible && writer.IsFull();
        if (sheds)
        {
            writer.CountLost(AuditRecordKind.Decision);
        }

        return sheds;
    }

    /// <summary>Gives back the room that another process's outcome won't use.</summary>
    public void ReleaseOutcome(in ToolCall call)
    {
        if (!call.IsShed)
        {
            writer.ReleaseOutcome();
        }
    }

    /// <summary>The call's one decision record. A denial needs no more than a place in memory: nothing happens because of it.</summary>
    public ValueTask<bool> DecisionAsync(in ToolCall call)
    {
        AuditAcknowledgement level = call.MayRun ? LevelFor(call.Tier, call.Tool) : AuditAcknowledgement.Queued;
        RecordBuffer buffer = RecordBuffer.Rent();
        DecisionRecord.Write(buffer, call, time.GetUtcNow(), commitment);
        return Append(buffer, level, AuditRecordKind.Decision);
    }

    /// <summary>As <see cref="TryDraftDecision(in ToolCall, Verdict, RiskTier)"/>, for a call as the stages left it.</summary>
    public bool TryDraftDecision(in ToolCall call) =>
        call.Approval is null && !call.IsLetThrough && call.Given.Length == 0 && call.SoFar.Effect != Effect.RequireApproval && TryDraftDecision(call, call.SoFar, call.Tier);

    /// <summary>The record of a decision that has nothing unusual, and room for the outcome of a call that runs: made on the writer's thread, which the call doesn't wait for.</summary>
    /// <param name="call">The call.</param>
    /// <param name="verdict">The stages' verdict: allowed, or denied.</param>
    /// <param name="tier">Its tier.</param>
    /// <returns>Whether it was taken. Where it has to be kept more safely than in memory, or memory is short, <see cref="DecisionAsync"/> is the way.</returns>
    public bool TryDraftDecision(in ToolCall call, Verdict verdict, RiskTier tier)
    {
        if (options.ShedLow || (verdict.Effect == Effect.Allow && LevelFor(tier, call.Tool) != AuditAcknowledgement.Queued))
        {
            return false;
        }

        ArgumentSnapshot? arguments = call.Arguments.IsLive ? call.Arguments.Snapshot : null;
        VerdictReason? denial = verdict.Effect == Effect.Allow ? null : verdict.Reason;
        return arguments is not { Refusal: null } ? writer.TryDraft(call, tier, denial, _clock.Now(), DraftContent.NoArguments, default)
            : arguments.Length <= CallDraft.MostPayload && writer.TryDraft(call, tier, denial, _clock.Now(), DraftContent.Arguments, arguments.Utf8);
    }

    /// <summary>The record of an outcome that has nothing unusual, as <see cref="TryDraftDecision(in ToolCall, Verdict, RiskTier)"/>.</summary>
    /// <param name="call">A call that was recorded so, whose tool has returned.</param>
    /// <param name="tier">Its tier.</param>
    /// <param name="withheld">Why its result is withheld, or null.</param>
    /// <param name="contract">How its result is read.</param>
    /// <param name="value">Its result.</param>
    public bool TryDraftOutcome<T>(in ToolCall call, RiskTier tier, VerdictReason? withheld, ResultContract<T> contract, T? value)
    {
        if (tier == RiskTier.High || !call.Tool.Reversible || contract.IsLongerThan(value, CallDraft.MostPayload))
        {
            return false;
        }

        DraftContent content = withheld is null && contract.KindOf(value) is { } isText ? (isText ? DraftContent.TextResult : DraftContent.JsonResult) : DraftContent.NoResult;
        Span<byte> small = stackalloc byte[ResultContract<T>.Small];
        int written = 0;
        if (content == DraftContent.NoResult || contract.TryWriteSmall(small, value, out written))
        {
            return writer.TryDraftReserved(call, tier, withheld, _clock.Now(), content, small[..written]);
        }

        RecordBuffer buffer = RecordBuffer.Rent();
        try
        {
            contract.WriteRaw(buffer, value);
            return buffer.Length <= CallDraft.MostPayload && writer.TryDraftReserved(call, tier, withheld, _clock.Now(), content, buffer.Written);
        }
        finally
        {
            RecordBuffer.Return(buffer);
        }
    }

    /// <summary>What came of a call, into the room kept for it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="error">What went wrong, or null.</param>
    /// <param name="withheld">Why its result is withheld, or null.</param>
    /// <param name="contract">How its result is read; null where the result isn't recorded.</param>
    /// <param name="value">Its result.</param>
    /// <param name="read">Its result as it passes, where it has been read already.</param>
    /// <param name="dropped">How many values of it didn't pass.</param>
    public ValueTask<bool> OutcomeAsync<T>(in ToolCall call, OutcomeStatus status, string? error, VerdictReason? withheld, ResultContract<T>? contract, T? value, ToolResult read = default, int dropped = 0)
    {
        if (call.IsShed)
        {
            writer.CountLost(AuditRecordKind.Outcome);
            return new(true);
        }

        bool isSafe = call.Tier == RiskTier.High || !call.Tool.Reversible;
        AuditAcknowledgement level = isSafe ? options.High : AuditAcknowledgement.Queued;
        RecordBuffer buffer = RecordBuffer.Rent();
        int brief = OutcomeRecord.Write(buffer, call, time.GetUtcNow(), status, error, withheld, dropped);
        if (contract is not null)
        {
            OutcomeRecord.WriteResult(buffer, contract, value, read, ((PolicySlot)call.Resolved).Redaction?.Result, commitment);
        }

        buffer.Raw("}"u8);
        Span<byte> small = stackalloc byte[brief + 1];
        buffer.Written[..brief].CopyTo(small);
        small[brief] = (byte)'}';
        ValueTask<bool> appended = writer.AppendReservedAsync(buffer.Written, small, level);
        RecordBuffer.Return(buffer);
        return appended;
    }

    /// <summary>An approval was asked for or answered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="status">What happened to it.</param>
    /// <param name="decision">The answer; null where nobody answered.</param>
    /// <param name="reason">Why it doesn't count, or wasn't given; null where it counts.</param>
    /// <param name="pace">How the approver decides; null where that isn't measured.</param>
    public ValueTask<bool> ApprovalAsync(ApprovalRequest request, string status, ApprovalDecision? decision, VerdictReason? reason, ApproverPace? pace)
    {
        RecordBuffer buffer = RecordBuffer.Rent();
        ApprovalRecord.Write(buffer, time.GetUtcNow(), request, status, decision, reason, pace, commitment);
        return Append(buffer, AuditAcknowledgement.Queued, AuditRecordKind.Approval);
    }

    /// <summary>An answer that no request takes.</summary>
    public ValueTask<bool> RefusedAnswerAsync(SessionIdentity session, string? policyDigest, string requestId, VerdictReason reason, Principal? by)
    {
        RecordBuffer buffer = RecordBuffer.Rent();
        ApprovalRecord.WriteRefused(buffer, time.GetUtcNow(), session, policyDigest, requestId, reason, by);
        return Append(buffer, AuditAcknowledgement.Written, AuditRecordKind.Approval);
    }

    /// <summary>What the agent was asked, or what it said.</summary>
    public ValueTask<bool> TextAsync(AuditRecordKind kind, SessionIdentity session, AgentEntry? agent, string? policyDigest, bool observes, string text)
    {
        RecordBuffer buffer = RecordBuffer.Rent();
        CallRecords.Begin(buffer, kind == AuditRecordKind.Prompt ? "prompt"u8 : "output"u8, time.GetUtcNow(), policyDigest, observes);
        CallRecords.Session(buffer, session);
        buffer.Member(",\"owner\":"u8, agent is null ? null : CallRecords.Clip(agent.Owner));
        int start = buffer.Length;
        buffer.Raw("/text\0"u8);
        buffer.Raw(Encoding.UTF8.GetBytes(text));
        CallRecords.Committed(buffer, start, "/text\0"u8.Length, ",\"text\":"u8, ",\"text_bytes\":"u8, ",\"text_c\":\""u8, commitment, isJson: false);
        buffer.Raw("}"u8);
        return Append(buffer, AuditAcknowledgement.Written, kind);
    }

    /// <summary>A policy came into force, or there is none.</summary>
    /// <param name="policy">The policy; null for none.</param>
    /// <param name="before">The one before it; null where the pipeline starts.</param>
    /// <param name="level">How safely it has to be recorded.</param>
    public ValueTask<bool> PolicyAsync(GuardrailPolicy? policy, GuardrailPolicy? before, AuditAcknowledgement level)
    {
        RecordBuffer buffer = RecordBuffer.Rent();
        PolicyRecord.WriteInForce(buffer, time.GetUtcNow(), policy, before);
        return Append(buffer, level, AuditRecordKind.Policy);
    }

    /// <summary>A policy was refused; the one before it stays in force.</summary>
    public ValueTask<bool> PolicyRefusedAsync(GuardrailPolicy? inForce, string? source, IReadOnlyList<PolicyError> errors)
    {
        RecordBuffer buffer = RecordBuffer.Rent();
        PolicyRecord.WriteRefused(buffer, time.GetUtcNow(), inForce, source, errors);
        return Append(buffer, AuditAcknowledgement.Queued, AuditRecordKind.Policy);
    }

    /// <summary>Something was suspended, or is no more.</summary>
    public ValueTask<bool> SuspensionAsync(Suspension suspension, string status, string? policyDigest)
    {
        RecordBuffer buffer = RecordBuffer.Rent();
        SuspensionRecord.Write(buffer, time.GetUtcNow(), policyDigest, suspension, status);
        return Append(buffer, AuditAcknowledgement.Written, AuditRecordKind.Suspension);
    }

    /// <summary>People have given something for a while, or it has ended. A broken glass is as safe as a call of tier High before anything runs because of it.</summary>
    public ValueTask<bool> GrantAsync(IssuedGrant grant, string status, string? policyDigest)
    {
        RecordBuffer buffer = RecordBuffer.Rent();
        GrantRecord.Write(buffer, time.GetUtcNow(), policyDigest, grant, status);
        return Append(buffer, grant.Kind == IssuedGrantKind.BreakGlass ? options.High : AuditAcknowledgement.Written, AuditRecordKind.Grant);
    }

    private ValueTask<bool> Append(RecordBuffer buffer, AuditAcknowledgement level, AuditRecordKind kind)
    {
        ValueTask<bool> appended = writer.AppendAsync(buffer.Written, level, kind);
        RecordBuffer.Return(buffer);
        return appended;
    }
}
