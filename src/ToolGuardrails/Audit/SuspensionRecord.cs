namespace ToolGuardrails.Audit;

/// <summary>Writes the record of a suspension, or of its end.</summary>
internal static class SuspensionRecord
{
    public static void Write(RecordBuffer buffer, DateTimeOffset time, string? policyDigest, Suspension suspension, string status)
    {
        CallRecords.Begin(buffer, "suspension"u8, time, policyDigest);
        buffer.Member(",\"suspension\":"u8, CallRecords.Clip(suspension.Id));
        buffer.Member(",\"status\":"u8, status);
        buffer.Member(",\"target\":"u8, suspension.Target.Word);
        buffer.Member(",\"target_name\":"u8, suspension.Target.Name);
        buffer.Member(",\"by\":"u8, suspension.By.ToString());
        buffer.Member(",\"reason\":"u8, CallRecords.Clip(suspension.Reason, 1000));
        buffer.Raw(",\"since\":\""u8);
        buffer.Time(suspension.Since);
        buffer.Raw("\""u8);
        buffer.Member(",\"subject\":"u8, suspension.Subject?.ToString());
        if (suspension.Lifted is { } lift)
        {
            buffer.Member(",\"lifted_by\":"u8, lift.By.ToString());
            buffer.Member(",\"lifted_reason\":"u8, CallRecords.Clip(lift.Reason, 1000));
            buffer.Raw(",\"lifted_at\":\""u8);
            buffer.Time(lift.At);
            buffer.Raw("\""u8);
        }

        buffer.Raw("}"u8);
    }
}
