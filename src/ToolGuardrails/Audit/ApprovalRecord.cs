using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>Writes the record of a request or an answer.</summary>
internal static class ApprovalRecord
{
    public static void Write(RecordBuffer buffer, DateTimeOffset time, ApprovalRequest request, string status, ApprovalDecision? decision, VerdictReason? reason, ApproverPace? pace, Commitment commitment)
    {
        CallRecords.Begin(buffer, "approval"u8, time, request.PolicyDigest);
        CallRecords.Session(buffer, request.Session);
        buffer.Member(",\"owner\":"u8, CallRecords.Clip(request.Owner));
        buffer.Member(",\"call\":"u8, request.CallId);
        buffer.Member(",\"tool\":"u8, request.Tool.Id);
        buffer.Raw(",\"tier\":"u8);
        buffer.Raw(DecisionRecord.TierText(request.Tier));
        buffer.Member(",\"request\":"u8, request.Id);
        WriteKeyed(buffer, request, commitment, request.Digest, "/digest\0"u8, ",\"digest\":"u8, ",\"digest_c\":"u8);
        buffer.Member(",\"gate\":"u8, request.Gate == ApprovalGate.Review ? "review" : "per_call");
        WriteWhy(buffer, request.Why);
        buffer.Member(",\"status\":"u8, status);
        buffer.Member(",\"code\":"u8, reason?.Code);
        buffer.Raw(",\"expires\":\""u8);
        buffer.Time(request.ExpiresAt);
        buffer.Raw("\""u8);
        if (status == "requested")
        {
            WriteKeyed(buffer, request, commitment, request.RenderedDigest, "/shown\0"u8, ",\"shown\":"u8, ",\"shown_c\":"u8);
        }

        buffer.Member(",\"edited_from\":"u8, request.EditedFrom);
        buffer.Member(",\"edited_by\":"u8, request.EditedBy?.ToString());
        WriteDecision(buffer, decision, pace);
        buffer.Raw("}"u8);
    }

    /// <summary>An answer that belongs to no request of the session: there is no call to tell of.</summary>
    public static void WriteRefused(RecordBuffer buffer, DateTimeOffset time, SessionIdentity session, string? policyDigest, string requestId, VerdictReason reason, Principal? by)
    {
        CallRecords.Begin(buffer, "approval"u8, time, policyDigest);
        CallRecords.Session(buffer, session);
        buffer.Member(",\"request\":"u8, CallRecords.Clip(requestId));
        buffer.Raw(",\"status\":\"refused\""u8);
        buffer.Member(",\"code\":"u8, reason.Code);
        buffer.Member(",\"approver\":"u8, by?.ToString());
        buffer.Raw("}"u8);
    }

    private static void WriteDecision(RecordBuffer buffer, ApprovalDecision? decision, ApproverPace? pace)
    {
        if (decision is null)
        {
            return;
        }

        buffer.Member(",\"approver\":"u8, decision.By?.ToString() ?? (decision.Answer == ApprovalAnswer.Approve ? "unproven" : null));
        buffer.Member(",\"comment\":"u8, decision.Comment is { } comment ? CallRecords.Clip(comment, 1000) : null);
        if (pace is { } measured)
        {
            buffer.Member(",\"took_ms\":"u8, (long)measured.Took.TotalMilliseconds);
            buffer.Member(",\"approver_decided\":"u8, measured.Decided);
            buffer.Member(",\"approver_approved\":"u8, measured.Approved);
            buffer.Member(",\"approver_streak\":"u8, measured.Streak);
        }
    }

    // A digest has no key, and everything in it but the arguments is known: a short secret among them could be guessed (T33).
    private static void WriteKeyed(RecordBuffer buffer, ApprovalRequest request, Commitment commitment, string digest, ReadOnlySpan<byte> pointer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> keyedName)
    {
        if (!request.HidesArguments)
        {
            buffer.Member(name, digest);
            return;
        }

        Span<byte> text = stackalloc byte[Commitment.TextLength];
        commitment.Write([.. pointer, .. System.Text.Encoding.ASCII.GetBytes(digest)], text);
        buffer.Member(keyedName, text);
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
