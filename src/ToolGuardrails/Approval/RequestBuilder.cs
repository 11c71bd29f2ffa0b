using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>Makes the request that a human decides on, from the judged snapshot only (T7).</summary>
internal sealed class RequestBuilder(TimeProvider time)
{
    public ApprovalRequest Build(in ToolCall call, TierGate gate)
    {
        var slot = (PolicySlot)call.Resolved;
        byte[] arguments = CanonicalJson.Write(call.Arguments.Snapshot!.Utf8);
        DateTimeOffset now = time.GetUtcNow();
        return new ApprovalRequest
        {
            Id = Guid.NewGuid().ToString("N"),
            CallId = call.CallId,
            Digest = DigestOf(call, arguments),
            Tool = slot.Tool,
            Session = call.Session,
            Owner = slot.Agent!.Owner,
            UseCase = slot.Agent.UseCase,
            Arguments = arguments,
            Tier = call.Tier,
            Gate = gate.Approval,
            Why = Why(call, slot),
            Approvers = gate.Approvers,
            PolicyDigest = slot.PolicyDigest!,
            RequestedAt = now,
            ExpiresAt = now + gate.Expires,
            RequestedTimestamp = time.GetTimestamp(),
            Lifetime = gate.Expires,
            HiddenPaths = slot.Redaction?.ArgumentPaths ?? [],
        };
    }

    /// <summary>The digest of the call as it would be asked for now.</summary>
    public static string DigestOf(in ToolCall call) => DigestOf(call, CanonicalJson.Write(call.Arguments.Snapshot!.Utf8));

    private static string DigestOf(in ToolCall call, ReadOnlySpan<byte> canonicalArguments)
    {
        var slot = (PolicySlot)call.Resolved;
        SessionIdentity session = call.Session;
        return ApprovalDigest.Compute(session.Agent, session.Subject, session.Tenant, session, slot.Tool.Server, slot.Tool.Id, slot.Definition, canonicalArguments, slot.Digest.Value);
    }

    private static List<string> Why(in ToolCall call, PolicySlot slot)
    {
        var why = new List<string>();
        ArgumentSnapshot arguments = call.Arguments.Snapshot!;
        Span<int> positions = slot.Places <= 64 ? stackalloc int[slot.Places] : new int[slot.Places];
        slot.Locate(arguments, positions);
        var input = new ConditionInput(arguments, positions, call.Session);
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

        return why;
    }
}
