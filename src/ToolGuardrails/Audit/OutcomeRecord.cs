using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>Writes the record of one outcome.</summary>
internal static class OutcomeRecord
{
    /// <summary>The status in the words of a record.</summary>
    public static string Word(OutcomeStatus status) => status switch
    {
        OutcomeStatus.Succeeded => "succeeded",
        OutcomeStatus.Failed => "failed",
        OutcomeStatus.NotRun => "not_run",
        _ => "unknown",
    };

    /// <summary>Everything but the result and the closing brace.</summary>
    /// <returns>How many bytes that is: never more than the room kept for an outcome.</returns>
    public static int Write(RecordBuffer buffer, in ToolCall call, DateTimeOffset time, OutcomeStatus status, string? error, VerdictReason? withheld, int dropped)
    {
        var slot = (PolicySlot)call.Resolved;
        CallRecords.Begin(buffer, "outcome"u8, time, slot.PolicyDigest, slot.Terms.Observes);
        buffer.Member(",\"session\":"u8, call.Session.IdUtf8);
        buffer.Member(",\"call\":"u8, call.Id);
        buffer.Member(",\"tool_use\":"u8, call.ToolUseId is { } id ? CallRecords.Clip(id) : null);
        buffer.Member(",\"tool\":"u8, call.Tool.Id);
        buffer.Member(",\"status\":"u8, Word(status));
        buffer.Member(",\"error\":"u8, error is null ? null : CallRecords.Clip(error, 128));
        buffer.Member(",\"withheld\":"u8, withheld?.Code);
        if (dropped > 0)
        {
            buffer.Member(",\"dropped\":"u8, dropped);
        }

        return buffer.Length;
    }

    /// <summary>The result, or its size alone, and the commitment to it.</summary>
    /// <param name="buffer">The record so far.</param>
    /// <param name="contract">How the result is read.</param>
    /// <param name="value">The result.</param>
    /// <param name="read">The result as guards saw it and as it passes, where it has been read already; default where it hasn't.</param>
    /// <param name="hidden">What records hide of it; null where they hide nothing.</param>
    /// <param name="commitment">Binds it.</param>
    public static void WriteResult<T>(RecordBuffer buffer, ResultContract<T> contract, T? value, ToolResult read, FieldTree? hidden, Commitment commitment)
    {
        int before = buffer.Length;
        try
        {
            if (contract.KindOf(value) is not { } isText)
            {
                return;
            }

            int start = Begin(buffer, isText);
            Write(buffer, contract, value, read);
            End(buffer, start, isText, hidden, commitment);
        }
        catch (Exception)
        {
            MarkUnreadable(buffer, before);
        }
    }

    /// <summary>The same for a result that its caller has left as bytes.</summary>
    /// <param name="buffer">The record so far.</param>
    /// <param name="isText">Whether it is text, not JSON.</param>
    /// <param name="result">The text, or JSON in any form.</param>
    /// <param name="hidden">What records hide of it; null where they hide nothing.</param>
    /// <param name="commitment">Binds it.</param>
    public static void WriteResult(RecordBuffer buffer, bool isText, ReadOnlySpan<byte> result, FieldTree? hidden, Commitment commitment)
    {
        int before = buffer.Length;
        try
        {
            int start = Begin(buffer, isText);
            if (isText)
            {
                buffer.Raw(result);
            }
            else
            {
                CanonicalJson.WriteValue(result, buffer);
            }

            End(buffer, start, isText, hidden, commitment);
        }
        catch (Exception)
        {
            MarkUnreadable(buffer, before);
        }
    }

    private static int Begin(RecordBuffer buffer, bool isText)
    {
        buffer.Raw(isText ? ",\"result_kind\":\"text\""u8 : ",\"result_kind\":\"json\""u8);
        int start = buffer.Length;
        buffer.Raw("/result\0"u8);
        return start;
    }

    private static void End(RecordBuffer buffer, int start, bool isText, FieldTree? hidden, Commitment commitment)
    {
        RedactedPayload? redacted = hidden is null ? null
            : RedactedPayload.Of(buffer.Written[(start + "/result\0"u8.Length)..], isText, hidden, declared: null, "/result"u8, commitment);
        CallRecords.Committed(buffer, start, "/result\0"u8.Length, ",\"result\":"u8, ",\"result_bytes\":"u8, ",\"result_c\":\""u8, commitment, isJson: !isText, redacted);
    }

    // A converter that throws, or text that isn't Unicode: the tool has run, so its outcome is recorded without the result.
    private static void MarkUnreadable(RecordBuffer buffer, int before)
    {
        buffer.Truncate(before);
        buffer.Raw(",\"result_unreadable\":true"u8);
    }

    private static void Write<T>(RecordBuffer buffer, ResultContract<T> contract, T? value, ToolResult read)
    {
        switch (read.Kind)
        {
            case ToolResultKind.Json: CanonicalJson.WriteValue(read.Utf8.Span, buffer); break;
            case ToolResultKind.Text: buffer.Raw(read.Utf8.Span); break;
            default: contract.WriteTo(buffer, value); break;
        }
    }
}
