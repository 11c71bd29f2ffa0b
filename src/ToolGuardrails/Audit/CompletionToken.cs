using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>What joins an outcome to its decision across processes: who, which call and which arguments, authenticated with the commitments' key.</summary>
internal sealed record CompletionToken(string Call, string? ToolUseId, string Tool, RiskTier Tier, string Arguments, string? Request, SessionIdentity Session)
{
    private const int Version = 1;

    public static string Write(in ToolCall call, Commitment commitment)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v", Version);
            writer.WriteString("call", call.CallId);
            writer.WriteString("use", call.ToolUseId);
            writer.WriteString("tool", call.Tool.Id);
            writer.WriteNumber("tier", (int)call.Tier);
            writer.WriteString("args", CommitTo(call.Arguments, commitment));
            writer.WriteString("request", call.Approval is { IsUsed: true } used ? used.Request.Id : null);
            writer.WriteStartArray("path");
            WritePath(writer, call.Session);
            writer.WriteEndArray();
            OwnJson.WritePrincipal(writer, call.Session.Subject);
            writer.WriteString("tenant", call.Session.Tenant);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan) + "." + Base64Url.EncodeToString(commitment.Mac(buffer.WrittenSpan));
    }

    /// <summary>Reads a token that this key has authenticated; null for any other text.</summary>
    public static CompletionToken? Read(string token, Commitment commitment)
    {
        int dot = token.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || token.Length > 64 * 1024 || !Base64Url.IsValid(token.AsSpan(0, dot)) || !Base64Url.IsValid(token.AsSpan(dot + 1)))
        {
            return null;
        }

        byte[] payload = Base64Url.DecodeFromChars(token.AsSpan(0, dot));
        return CryptographicOperations.FixedTimeEquals(commitment.Mac(payload), Base64Url.DecodeFromChars(token.AsSpan(dot + 1)))
            ? Read(JsonElement.Parse(payload))
            : null;
    }

    /// <summary>The commitment that the decision record carries as <c>args_c</c>.</summary>
    public static string CommitTo(ToolArguments arguments, Commitment commitment)
    {
        Span<byte> text = stackalloc byte[Commitment.TextLength];
        commitment.Write([.. "/args\0"u8, .. CanonicalJson.Write(arguments.Snapshot!.Utf8)], text);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    private static void WritePath(Utf8JsonWriter writer, SessionIdentity session)
    {
        if (session.Parent is not null)
        {
            WritePath(writer, session.Parent);
        }

        writer.WriteStartArray();
        writer.WriteStringValue(session.Id);
        writer.WriteStringValue(session.Agent);
        writer.WriteEndArray();
    }

    private static CompletionToken? Read(JsonElement json)
    {
        if (json.GetProperty("v").GetInt32() != Version)
        {
            return null;
        }

        Principal? subject = OwnJson.ReadPrincipal(json);
        SessionIdentity? session = null;
        foreach (JsonElement step in json.GetProperty("path").EnumerateArray())
        {
            session = new SessionIdentity(step[0].GetString()!, step[1].GetString()!, subject, json.GetProperty("tenant").GetString(), session);
        }

        return new CompletionToken(
            json.GetProperty("call").GetString()!,
            json.GetProperty("use").GetString(),
            json.GetProperty("tool").GetString()!,
            (RiskTier)json.GetProperty("tier").GetInt32(),
            json.GetProperty("args").GetString()!,
            json.GetProperty("request").GetString(),
            session!);
    }
}
