using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>Writes the record of one outcome.</summary>
internal static class OutcomeRecord
{
    /// <summary>Everything but the result and the closing brace.</summary>
    /// <returns>How many bytes that is: never more than the room kept for an outcome.</returns>
    public static int Write(RecordBuffer buffer, in ToolCall call, DateTimeOffset time, OutcomeStatus status, string? error, VerdictReason? withheld)
    {
        CallRecords.Begin(buffer, "outcome"u8, time, ((PolicySlot)call.Resolved).PolicyDigest);
        buffer.Member(",\"session\":"u8, call.Session.IdUtf8);
        buffer.Member(",\"call\":"u8, call.Id);
        buffer.Member(",\"tool_use\":"u8, call.ToolUseId is { } id ? CallRecords.Clip(id) : null);
        buffer.Member(",\"tool\":"u8, call.Tool.Id);
        buffer.Raw(",\"status\":"u8);
        buffer.Raw(status switch
        {
            OutcomeStatus.Succeeded => "\"succeeded\""u8,
            OutcomeStatus.Failed => "\"failed\""u8,
            OutcomeStatus.NotRun => "\"not_run\""u8,
            _ => "\"unknown\""u8,
        });
        buffer.Member(",\"error\":"u8, error is null ? null : CallRecords.Clip(error, 128));
        buffer.Member(",\"withheld\":"u8, withheld?.Code);
        return buffer.Length;
    }

    /// <summary>The result, or its size alone, and the commitment to it.</summary>
    public static void WriteResult<T>(RecordBuffer buffer, ResultContract<T> contract, T? value, Commitment commitment)
    {
        int before = buffer.Length;
        try
        {
            if (contract.Kind is not { } isText)
            {
                return;
            }

            buffer.Raw(isText ? ",\"result_kind\":\"text\""u8 : ",\"result_kind\":\"json\""u8);
            int start = buffer.Length;
            buffer.Raw("/result\0"u8);
            contract.WriteTo(buffer, value);
            CallRecords.Committed(buffer, start, "/result\0"u8.Length, ",\"result\":"u8, ",\"result_bytes\":"u8, ",\"result_c\":\""u8, commitment, isJson: !isText);
        }
        catch (Exception)
        {
            // A converter that throws, or text that isn't Unicode: the tool has run, so its outcome is recorded without the result.
            buffer.Truncate(before);
            buffer.Raw(",\"result_unreadable\":true"u8);
        }
    }
}
