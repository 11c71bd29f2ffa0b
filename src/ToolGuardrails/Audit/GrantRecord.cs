namespace ToolGuardrails.Audit;

/// <summary>Writes the record of what people have given for a while, or of its end.</summary>
internal static class GrantRecord
{
    public static void Write(RecordBuffer buffer, DateTimeOffset time, string? policyDigest, IssuedGrant grant, string status)
    {
        CallRecords.Begin(buffer, "grant"u8, time, policyDigest);
        buffer.Member(",\"grant\":"u8, CallRecords.Clip(grant.Id));
        buffer.Member(",\"kind\":"u8, IssuedGrant.Word(grant.Kind));
        buffer.Member(",\"status\":"u8, status);
        buffer.Member(",\"session\":"u8, grant.Session);
        buffer.Member(",\"agent\":"u8, CallRecords.Clip(grant.Agents[^1]));
        buffer.Member(",\"subject\":"u8, grant.Subject?.ToString());
        buffer.Member(",\"tenant\":"u8, grant.Tenant);
        buffer.Member(",\"entry\":"u8, grant.Entry);
        buffer.Member(",\"tool\":"u8, CallRecords.Clip(grant.Tools));
        buffer.Member(",\"reason\":"u8, CallRecords.Clip(grant.Reason, 1000));
        buffer.Member(",\"by\":"u8, CallRecords.Clip(string.Join(", ", grant.GivenBy), 1000));
        WriteTime(buffer, ",\"from\":\""u8, grant.From);
        WriteTime(buffer, ",\"until\":\""u8, grant.Until);
        buffer.Member(",\"most_uses\":"u8, grant.MostUses);
        if (grant.Revoked is { } revoked)
        {
            buffer.Member(",\"revoked_by\":"u8, revoked.By.ToString());
            buffer.Member(",\"revoked_reason\":"u8, CallRecords.Clip(revoked.Reason, 1000));
        }

        if (grant.Review is { } review)
        {
            buffer.Member(",\"reviewed_by\":"u8, review.By.ToString());
            buffer.Member(",\"review\":"u8, review.IsJustified ? "justified" : "not_justified");
            buffer.Member(",\"review_comment\":"u8, CallRecords.Clip(review.Comment, 1000));
        }

        buffer.Raw("}"u8);
    }

    private static void WriteTime(RecordBuffer buffer, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        buffer.Raw(name);
        buffer.Time(time);
        buffer.Raw("\""u8);
    }
}
