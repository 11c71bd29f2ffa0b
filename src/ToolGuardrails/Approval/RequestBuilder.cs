using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>Makes the request that a human decides on, from the judged snapshot only (T7).</summary>
internal sealed class RequestBuilder(TimeSpan minimumDwell, TimeProvider time)
{
    /// <summary>Makes a request.</summary>
    /// <param name="call">The call.</param>
    /// <param name="gate">What is asked of people.</param>
    /// <param name="last">The last call of the tool that was approved, or null.</param>
    /// <param name="unknown">An earlier request of the same call that was used, and of which nobody knows what came; or null.</param>
    /// <param name="edit">The request whose arguments somebody changed to these; or null.</param>
    /// <param name="isElevated">Whether the call has a grant only because people have given one for a while.</param>
    public ApprovalRequest Build(in ToolCall call, TierGate gate, ApprovedCall? last, ApprovalCase? unknown, ApprovalCase? edit, bool isElevated)
    {
        var slot = (PolicySlot)call.Resolved;
        byte[] arguments = CanonicalJson.Write(call.Arguments.Snapshot!.Utf8);
        DateTimeOffset now = time.GetUtcNow();
        return new ApprovalRequest
        {
            Id = Guid.NewGuid().ToString("N"),
            CallId = call.CallId,
            ToolUseId = call.ToolUseId,
            Digest = DigestOf(call, arguments),
            SlotDigest = slot.Digest.Value,
            Definition = slot.Definition,
            Tool = slot.Tool,
            Session = call.Session,
            Owner = slot.Agent!.Owner,
            UseCase = slot.Agent.UseCase,
            Arguments = arguments,
            Tier = call.Tier,
            Gate = gate.Approval,
            Why = Why(call, slot, unknown),
            GuardCode = GuardCodeOf(call),
            IsElevated = isElevated,
            Approvers = gate.Approvers,
            Quorum = gate.Quorum,
            NeedsComment = gate.NeedsComment,
            Escalation = gate.Escalation,
            MinimumDwell = minimumDwell,
            LastApproved = last,
            EditedBy = edit?.Decisions[^1].By,
            EditedFrom = edit?.Request.Id,
            PolicyDigest = slot.PolicyDigest!,
            RequestedAt = now,
            ExpiresAt = now + gate.Expires,
            Lifetime = gate.Expires,
            HiddenPaths = slot.Redaction?.ArgumentPaths ?? [],
        };
    }

    /// <summary>The digest of the call as it would be asked for now.</summary>
    public static string DigestOf(in ToolCall call) => DigestOf(call, CanonicalJson.Write(call.Arguments.Snapshot!.Utf8));

    /// <summary>The code of the guard that asks for the approval; null where the tier's gate does.</summary>
    public static string? GuardCodeOf(in ToolCall call) => call.SoFar.Effect == Effect.RequireApproval ? call.SoFar.Reason.Code : null;

    /// <summary>What of a call differs from what was approved; null where nothing does.</summary>
    public static VerdictReason? WhatChanged(in ToolCall call, ApprovalRequest request, TierGate gate)
    {
        var slot = (PolicySlot)call.Resolved;
        return slot.Definition != request.Definition ? Reasons.ApprovalDefinitionChanged
            : slot.Tool.Server != request.Tool.Server ? Reasons.ApprovalServerChanged
            : !slot.Digest.Value.AsSpan().SequenceEqual(request.SlotDigest.Span) ? Reasons.ApprovalPolicyChanged
            : gate.Approval != request.Gate || call.Tier != request.Tier ? Reasons.ApprovalTierChanged
            : GuardCodeOf(call) is { } code && code != request.GuardCode ? Reasons.ApprovalStale // What a guard asks now, nobody has read.
            : DigestOf(call) != request.Digest ? Reasons.ApprovalAltered
            : null;
    }

    private static string DigestOf(in ToolCall call, ReadOnlySpan<byte> canonicalArguments)
    {
        var slot = (PolicySlot)call.Resolved;
        SessionIdentity session = call.Session;
        return ApprovalDigest.Compute(session.Agent, session.Subject, session.Tenant, session, slot.Tool.Server, slot.Tool.Id, slot.Definition, canonicalArguments, slot.Digest.Value);
    }

    private static List<string> Why(in ToolCall call, PolicySlot slot, ApprovalCase? unknown)
    {
        var why = new List<string>();
        ConditionInput input = PolicySlot.InputOf(call);
        foreach (CompiledRisk risk in slot.Risks)
        {
            if (risk.Condition.Evaluate(input) != Truth.False)
            {
                why.Add(risk.Says is null ? $"Risk '{risk.Id}' matches." : SaysText.Fill(risk.Says, call));
            }
        }

        if (call.SoFar.Effect == Effect.RequireApproval)
        {
            why.Add(call.SoFar.Reason.Text);
        }

        if (!slot.Tool.Reversible)
        {
            why.Add("What the tool does can't be undone.");
        }

        if (unknown is not null)
        {
            why.Add($"The same call was approved before and began (request {unknown.Request.Id}), and what came of it isn't recorded: it may have taken effect.");
        }

        return why;
    }
}
