using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>Writes the record of one decision.</summary>
internal static class DecisionRecord
{
    private const int MaxRules = 32;

    public static void Write(RecordBuffer buffer, in ToolCall call, DateTimeOffset time, Commitment commitment)
    {
        var slot = (PolicySlot)call.Resolved;
        CallRecords.Begin(buffer, "decision"u8, time, slot.PolicyDigest, slot.Terms.Observes);
        CallRecords.Session(buffer, call.Session);
        buffer.Member(",\"call\":"u8, call.Id);
        buffer.Member(",\"tool_use\":"u8, call.ToolUseId is { } id ? CallRecords.Clip(id) : null);
        CallRecords.Slot(buffer, slot);
        WriteVerdict(buffer, call);
        WriteApproval(buffer, call.Approval);
        WriteGiven(buffer, call);
        CallRecords.Arguments(buffer, call, commitment);
        buffer.Raw("}"u8);
    }

    public static ReadOnlySpan<byte> TierText(RiskTier tier) => tier switch
    {
        RiskTier.Low => "\"low\""u8,
        RiskTier.Medium => "\"medium\""u8,
        RiskTier.High => "\"high\""u8,
        _ => "\"unclassified\""u8,
    };

    private static void WriteVerdict(RecordBuffer buffer, in ToolCall call)
    {
        Verdict verdict = call.SoFar;
        buffer.Raw(",\"tier\":"u8);
        buffer.Raw(TierText(call.Tier));
        buffer.Raw(",\"effect\":"u8);
        buffer.Raw(verdict.Effect switch
        {
            Effect.Allow => "\"allow\""u8,
            Effect.RequireApproval => "\"require_approval\""u8,
            _ => "\"deny\""u8,
        });
        buffer.Raw(call.IsLetThrough ? ",\"let_through\":true"u8 : ""u8);
        buffer.Member(",\"code\":"u8, verdict.Reason.Code);
        buffer.Member(",\"reason\":"u8, CallRecords.Clip(ReasonText(call, verdict.Reason), 1000));
        buffer.Raw(",\"rules\":["u8);
        WriteRules(buffer, call, verdict.Reason.RuleId);
        buffer.Raw("]"u8);
    }

    // What a rule says may hold the call's values.
    private static string ReasonText(in ToolCall call, VerdictReason reason) =>
        reason.RuleId is not null && call.Arguments.IsLive ? SaysText.Fill(reason.Text, call) : reason.Text;

    // The rule that decided; and where the call got past scope, the grants and risks that matched.
    private static void WriteRules(RecordBuffer buffer, in ToolCall call, string? decided)
    {
        var slot = (PolicySlot)call.Resolved;
        int count = 0;
        if (decided is not null)
        {
            Rule(buffer, decided, ref count);
        }

        if (call.Tier == RiskTier.Unclassified || call.Arguments.Snapshot is not { Refusal: null } arguments || !call.Arguments.IsLive)
        {
            return;
        }

        Span<int> positions = slot.RoomForPlaces();
        if (slot.Locate(arguments, positions) is not null)
        {
            return;
        }

        var input = new ConditionInput(arguments, positions, call.Session);
        for (int l = 0; l < slot.Layers.Length; l++)
        {
            CompiledRule[] grants = slot.Layers[l].Grants;
            for (int i = 0; i < grants.Length; i++)
            {
                if (grants[i].Condition.Evaluate(input) == Truth.True)
                {
                    Rule(buffer, grants[i].Id, ref count);
                }
            }
        }

        for (int i = 0; i < slot.Risks.Length; i++)
        {
            if (slot.Risks[i].Condition.Evaluate(input) != Truth.False)
            {
                Rule(buffer, slot.Risks[i].Id, ref count);
            }
        }
    }

    // Beyond the first few, the policy and the arguments tell the rest.
    private static void Rule(RecordBuffer buffer, string id, ref int count)
    {
        if (count < MaxRules)
        {
            buffer.Member(count == 0 ? ""u8 : ","u8, id);
        }

        count++;
    }

    private static void WriteApproval(RecordBuffer buffer, ApprovalTrace? approval)
    {
        if (approval is null)
        {
            return;
        }

        buffer.Member(",\"request\":"u8, approval.Request.Id);
        if (approval.IsGranted)
        {
            WriteApprovers(buffer, [.. approval.Case.Approvals.Select(static a => a.By?.ToString() ?? "unproven")]);
        }
    }

    private static void WriteGiven(RecordBuffer buffer, in ToolCall call)
    {
        ReadOnlySpan<IssuedGrant> given = call.Given;
        for (int i = 0; i < given.Length; i++)
        {
            buffer.Member(i == 0 ? ",\"given\":["u8 : ","u8, given[i].Id);
        }

        buffer.Raw(given.Length > 0 ? "]"u8 : ""u8);
    }

    private static void WriteApprovers(RecordBuffer buffer, string[] approvers)
    {
        if (approvers.Length == 1)
        {
            buffer.Member(",\"approver\":"u8, approvers[0]);
            return;
        }

        buffer.Raw(",\"approvers\":["u8);
        for (int i = 0; i < approvers.Length; i++)
        {
            buffer.Member(i == 0 ? ""u8 : ","u8, approvers[i]);
        }

        buffer.Raw("]"u8);
    }
}
