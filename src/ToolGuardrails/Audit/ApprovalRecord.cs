using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>Writes the record of a request or an answer.</summary>
internal static class ApprovalRecord
{
    public static void Write(RecordBuffer buffer, DateTimeOffset time, ApprovalRequest request, string status, ApprovalResponse? response, VerdictReason? reason, Commitment commitment)
    {
        CallRecords.Begin(buffer, "approval"u8, time, request.PolicyDigest);
        CallRecords.Session(buffer, request.Session);
        buffer.Member(",\"owner\":"u8, CallRecords.Clip(request.Owner));
        buffer.Member(",\"call\":"u8, request.CallId);
        buffer.Member(",\"tool\":"u8, request.Tool.Id);
        buffer.Raw(",\"tier\":"u8);
        buffer.Raw(DecisionRecord.TierText(request.Tier));
        buffer.Member(",\"request\":"u8, request.Id);
        WriteDigest(buffer, request, commitment);
        buffer.Member(",\"gate\":"u8, request.Gate == ApprovalGate.Review ? "review" : "per_call");
        WriteWhy(buffer, request.Why);
        buffer.Member(",\"status\":"u8, status);
        buffer.Member(",\"code\":"u8, reason?.Code);
        buffer.Raw(",\"expires\":\""u8);
        buffer.Time(request.ExpiresAt);
        buffer.Raw("\""u8);
        if (response is { } answer)
        {
            buffer.Member(",\"approver\":"u8, answer.By?.Principal.ToString() ?? (answer.Answer == ApprovalAnswer.Approve ? "unproven" : null));
            buffer.Member(",\"comment\":"u8, answer.Comment is { } comment ? CallRecords.Clip(comment, 1000) : null);
        }

        buffer.Raw("}"u8);
    }

    // The digest has no key, and everything in it but the arguments is known: a short secret among them could be guessed (T33).
    private static void WriteDigest(RecordBuffer buffer, ApprovalRequest request, Commitment commitment)
    {
        if (!request.HidesArguments)
        {
            buffer.Member(",\"digest\":"u8, request.Digest);
            return;
        }

        Span<byte> text = stackalloc byte[Commitment.TextLength];
        commitment.Write([.. "/digest\0"u8, .. System.Text.Encoding.ASCII.GetBytes(request.Digest)], text);
        buffer.Member(",\"digest_c\":"u8, text);
    }

    private static void WriteWhy(RecordBuffer buffer, IReadOnlyList<string> why)
    {
        buffer.Raw(",\"why\":["u8);
        for (int i = 0; i < Math.Min(why.Count, 8); i++)
        {
            buffer.Member(i == 0 ? ""u8 : ","u8, CallRecords.Clip(why[i], 500));
        }

        buffer.Raw("]"u8);
    }
}
