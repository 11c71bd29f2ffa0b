using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>The members that records share: who, which tool, which arguments.</summary>
internal static class CallRecords
{
    /// <summary>Begins a record: time, kind, mode and policy.</summary>
    public static void Begin(RecordBuffer buffer, ReadOnlySpan<byte> kind, DateTimeOffset time, string? policyDigest, bool observes = false)
    {
        buffer.Raw("{\"t\":\""u8);
        buffer.Time(time);
        buffer.Raw("\",\"ev\":\""u8);
        buffer.Raw(kind);
        buffer.Raw(observes ? "\",\"mode\":\"observe\""u8 : "\",\"mode\":\"enforce\""u8);
        buffer.Member(",\"policy\":"u8, policyDigest);
    }

    /// <summary>Session, path, agent, subject and tenant.</summary>
    public static void Session(RecordBuffer buffer, SessionIdentity session)
    {
        if (session.RecordMembers is not { } members)
        {
            int start = buffer.Length;
            WriteSession(buffer, session);
            session.RecordMembers = buffer.Written[start..].ToArray();
            return;
        }

        buffer.Raw(members);
    }

    /// <summary>Owner, use case, tool and facts.</summary>
    public static void Slot(RecordBuffer buffer, PolicySlot slot)
    {
        if (slot.RecordMembers is not { } members)
        {
            int start = buffer.Length;
            WriteSlot(buffer, slot);
            slot.RecordMembers = buffer.Written[start..].ToArray();
            return;
        }

        buffer.Raw(members);
    }

    /// <summary>The arguments as text, or their size alone, and the commitment to the judged bytes; for refused ones nothing.</summary>
    public static void Arguments(RecordBuffer buffer, in ToolCall call, Commitment commitment)
    {
        if (call.Arguments.Snapshot is not { Refusal: null } snapshot || !call.Arguments.IsLive)
        {
            return;
        }

        // The canonical form is made behind the end of the record, used, and cut off again.
        int start = buffer.Length;
        buffer.Raw("/args\0"u8);
        CanonicalJson.WriteValue(snapshot.Utf8, buffer);
        var slot = (PolicySlot)call.Resolved;
        RedactedPayload? redacted = slot.Redaction?.Arguments is { } hidden
            ? RedactedPayload.Of(buffer.Written[(start + "/args\0"u8.Length)..], isText: false, hidden, slot.Arguments?.Names, "/args"u8, commitment)
            : null;
        Committed(buffer, start, "/args\0"u8.Length, ",\"args\":"u8, ",\"args_bytes\":"u8, ",\"args_c\":\""u8, commitment, isJson: true, redacted);
    }

    /// <summary>Turns the commitment's message at the end of the buffer into members: the value, or its size, and the commitment.</summary>
    public static void Committed(RecordBuffer buffer, int start, int pointer, ReadOnlySpan<byte> valueName, ReadOnlySpan<byte> sizeName, ReadOnlySpan<byte> commitmentName, Commitment commitment, bool isJson, RedactedPayload? redacted = null)
    {
        Span<byte> text = stackalloc byte[Commitment.TextLength];
        ReadOnlySpan<byte> message = buffer.Written[start..];
        commitment.Write(message, text);
        int length = message.Length - pointer;
        byte[] rented = System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        message[pointer..].CopyTo(rented);
        buffer.Truncate(start);
        bool isShown = redacted is null ? TryShow(buffer, valueName, rented.AsSpan(0, length), isJson)
            : redacted.Shown is { } shown && TryShow(buffer, valueName, shown.Span, isJson);
        System.Buffers.ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        if (redacted is not null)
        {
            Pointers(buffer, redacted.Pointers);
        }

        // Escapes can make a payload six times as long.
        if (!isShown || buffer.Length > RecordBuffer.MaxBody - RecordBuffer.Tail)
        {
            buffer.Truncate(start);
            buffer.Member(sizeName, length);
            if (redacted is { Shown: null })
            {
                Pointers(buffer, redacted.Pointers);
            }
        }

        buffer.Raw(commitmentName);
        buffer.Raw(text);
        buffer.Raw("\""u8);
    }

    private static bool TryShow(RecordBuffer buffer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isJson)
    {
        if (value.Length > RecordBuffer.MaxPayload)
        {
            return false;
        }

        buffer.Raw(name);
        if (isJson)
        {
            buffer.Json(value);
        }
        else
        {
            buffer.Text(value);
        }

        return true;
    }

    // Which values the record hides: an object that a call itself wrote can't pass for one.
    private static void Pointers(RecordBuffer buffer, IReadOnlyList<string> pointers)
    {
        buffer.Raw(",\"redacted\":["u8);
        for (int i = 0; i < pointers.Count; i++)
        {
            buffer.Member(i == 0 ? ""u8 : ","u8, pointers[i]);
        }

        buffer.Raw("]"u8);
    }

    /// <summary>Text from outside, cut to a bounded length that says what was cut.</summary>
    public static string Clip(string text, int length = 256) =>
        text.Length <= length ? text
        : char.IsHighSurrogate(text[length - 1]) ? Clip(text, length - 1)
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text.AsSpan(0, length)}... ({text.Length} characters)");

    private const int MaxFacts = 4096;

    private static void WriteSession(RecordBuffer buffer, SessionIdentity session)
    {
        buffer.Member(",\"session\":"u8, session.IdUtf8);
        if (session.Parent is not null)
        {
            buffer.Raw(",\"path\":["u8);
            WritePath(buffer, session.Parent);
            buffer.Raw("]"u8);
        }

        buffer.Member(",\"agent\":"u8, Clip(session.Agent));
        if (session.SubjectUtf8 is { } subject)
        {
            buffer.Member(",\"subject\":"u8, subject);
        }

        buffer.Member(",\"tenant\":"u8, session.Tenant);
    }

    // The ancestors, from the root down.
    private static void WritePath(RecordBuffer buffer, SessionIdentity session)
    {
        if (session.Parent is not null)
        {
            WritePath(buffer, session.Parent);
            buffer.Raw(","u8);
        }

        buffer.Member("{\"session\":"u8, session.IdUtf8);
        buffer.Member(",\"agent\":"u8, Clip(session.Agent));
        buffer.Raw("}"u8);
    }

    private static void WriteSlot(RecordBuffer buffer, PolicySlot slot)
    {
        buffer.Member(",\"owner\":"u8, slot.Agent?.Owner is { } owner ? Clip(owner) : null);
        buffer.Member(",\"use_case\":"u8, slot.Agent?.UseCase is { } useCase ? Clip(useCase) : null);
        buffer.Member(",\"tool\":"u8, Clip(slot.Tool.Id));
        buffer.Member(",\"server\":"u8, slot.Tool.Server);
        buffer.Member(",\"name\":"u8, slot.Tool.Name == slot.Tool.Id ? null : Clip(slot.Tool.Name));
        buffer.Member(",\"definition\":"u8, slot.Definition);
        buffer.Raw(",\"access\":["u8);
        buffer.Raw(System.Text.Encoding.UTF8.GetBytes(string.Join(',', AccessText.Names(slot.Tool.Access).Select(static a => $"\"{a}\""))));
        buffer.Raw("]"u8);
        int start = buffer.Length;
        WriteFacts(buffer, slot.Facts);
        if (buffer.Length - start > MaxFacts)
        {
            // The policy's digest is in the record, so what the facts were can be looked up.
            buffer.Truncate(start);
            buffer.Raw(",\"facts_omitted\":true"u8);
        }
    }

    // What the policy states about the call's surroundings; agent, tool, server and access have members of their own.
    private static void WriteFacts(RecordBuffer buffer, IReadOnlyDictionary<string, IReadOnlyList<PolicyValue>> facts)
    {
        buffer.Raw(",\"facts\":{"u8);
        bool first = true;
        foreach ((string name, IReadOnlyList<PolicyValue> values) in facts.Where(static f => f.Key is not ("agent" or "tool" or "server" or "access")))
        {
            buffer.Raw(first ? ""u8 : ","u8);
            buffer.Text(name);
            buffer.Raw(":"u8);
            WriteValue(buffer, values[0]);
            first = false;
        }

        buffer.Raw("}"u8);
    }

    private static void WriteValue(RecordBuffer buffer, PolicyValue value)
    {
        switch (value)
        {
            case TextValue text: buffer.Text(text.Utf8.Span); break;
            case NumberValue number: buffer.Raw(number.Token.Span); break;
            case BooleanValue truth: buffer.Raw(truth.Value ? "true"u8 : "false"u8); break;
        }
    }
}
