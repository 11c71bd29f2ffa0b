using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ToolGuardrails.Approval;

/// <summary>A request as it is kept: everything that an approver is shown and that a resumed call needs, so that nothing is taken from anywhere else (T1, T7).</summary>
internal static class ApprovalSnapshot
{
    public static byte[] Write(ApprovalRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("id", request.Id);
            json.WriteString("call", request.CallId);
            json.WriteString("tool_use", request.ToolUseId);
            json.WriteString("digest", request.Digest);
            json.WriteString("slot", Convert.ToHexStringLower(request.SlotDigest.Span));
            json.WriteString("definition", request.Definition);
            WriteTool(json, request.Tool);
            WriteSession(json, request.Session);
            json.WriteString("owner", request.Owner);
            json.WriteString("use_case", request.UseCase);
            json.WriteString("arguments", request.Arguments.Span); // As text: it comes back byte by byte.
            WritePaths(json, request.HiddenPaths);
            json.WriteNumber("tier", (int)request.Tier);
            json.WriteNumber("gate", (int)request.Gate);
            OwnJson.WriteTexts(json, "why", request.Why);
            json.WriteString("guard_code", request.GuardCode);
            json.WriteBoolean("elevated", request.IsElevated);
            OwnJson.WriteTexts(json, "approvers", request.Approvers);
            json.WriteNumber("quorum", request.Quorum);
            json.WriteBoolean("comment", request.NeedsComment);
            json.WriteNumber("dwell", request.MinimumDwell.Ticks);
            WriteMore(json, request);
            json.WriteString("policy", request.PolicyDigest);
            OwnJson.WriteTime(json, "requested_at", request.RequestedAt);
            OwnJson.WriteTime(json, "expires_at", request.ExpiresAt);
            json.WriteNumber("lifetime", request.Lifetime.Ticks);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static ApprovalRequest Read(JsonElement json) => new()
    {
        Id = Text(json, "id"),
        CallId = Text(json, "call"),
        ToolUseId = json.GetProperty("tool_use").GetString(),
        Digest = Text(json, "digest"),
        SlotDigest = Convert.FromHexString(Text(json, "slot")),
        Definition = json.GetProperty("definition").GetString(),
        Tool = ReadTool(json.GetProperty("tool")),
        Session = ReadSession(json.GetProperty("session")),
        Owner = Text(json, "owner"),
        UseCase = json.GetProperty("use_case").GetString(),
        Arguments = Encoding.UTF8.GetBytes(Text(json, "arguments")),
        HiddenPaths = [.. json.GetProperty("hidden").EnumerateArray().Select(static p => OwnJson.Texts(p))],
        Tier = (RiskTier)json.GetProperty("tier").GetByte(),
        Gate = (ApprovalGate)json.GetProperty("gate").GetByte(),
        Why = OwnJson.Texts(json.GetProperty("why")),
        GuardCode = json.GetProperty("guard_code").GetString(),
        IsElevated = json.GetProperty("elevated").GetBoolean(),
        Approvers = OwnJson.Texts(json.GetProperty("approvers")),
        Quorum = json.GetProperty("quorum").GetInt32(),
        NeedsComment = json.GetProperty("comment").GetBoolean(),
        MinimumDwell = new TimeSpan(json.GetProperty("dwell").GetInt64()),
        Escalation = json.TryGetProperty("escalate", out JsonElement escalate) ? new ApprovalEscalation(new TimeSpan(escalate.GetProperty("after").GetInt64()), OwnJson.Texts(escalate.GetProperty("to"))) : null,
        LastApproved = json.TryGetProperty("last", out JsonElement last) ? new ApprovedCall(Text(last, "request"), OwnJson.ReadTime(last, "at") ?? default, Encoding.UTF8.GetBytes(Text(last, "arguments"))) : null,
        Elevation = json.TryGetProperty("elevation", out JsonElement elevation) ? ReadElevation(elevation) : null,
        EditedBy = json.TryGetProperty("edited", out JsonElement edited) ? OwnJson.ReadPrincipal(edited) : null,
        EditedFrom = json.TryGetProperty("edited", out edited) ? Text(edited, "request") : null,
        PolicyDigest = Text(json, "policy"),
        RequestedAt = OwnJson.ReadTime(json, "requested_at") ?? default,
        ExpiresAt = OwnJson.ReadTime(json, "expires_at") ?? default,
        Lifetime = new TimeSpan(json.GetProperty("lifetime").GetInt64()),
    };

    private static void WriteTool(Utf8JsonWriter json, ToolInfo tool)
    {
        json.WriteStartObject("tool");
        json.WriteString("id", tool.Id);
        json.WriteString("server", tool.Server);
        json.WriteString("name", tool.Name);
        json.WriteNumber("access", (int)tool.Access);
        json.WriteNumber("tier", (int)tool.Tier);
        json.WriteBoolean("reversible", tool.Reversible);
        OwnJson.WriteTexts(json, "labels", tool.Labels);
        OwnJson.WriteTexts(json, "touches", tool.Touches);
        json.WriteEndObject();
    }

    private static ToolInfo ReadTool(JsonElement json) => new()
    {
        Id = Text(json, "id"),
        Server = json.GetProperty("server").GetString(),
        Name = Text(json, "name"),
        Access = (ToolAccess)json.GetProperty("access").GetInt32(),
        Tier = (RiskTier)json.GetProperty("tier").GetByte(),
        Reversible = json.GetProperty("reversible").GetBoolean(),
        Labels = OwnJson.Texts(json.GetProperty("labels")),
        Touches = OwnJson.Texts(json.GetProperty("touches")),
    };

    // The chain from the root down; subject and tenant are the same all along.
    private static void WriteSession(Utf8JsonWriter json, SessionIdentity session)
    {
        json.WriteStartObject("session");
        OwnJson.WritePrincipal(json, session.Subject);
        json.WriteString("tenant", session.Tenant);
        json.WriteStartArray("path");
        WritePath(json, session);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePath(Utf8JsonWriter json, SessionIdentity session)
    {
        if (session.Parent is not null)
        {
            WritePath(json, session.Parent);
        }

        json.WriteStartObject();
        json.WriteString("id", session.Id);
        json.WriteString("agent", session.Agent);
        json.WriteBoolean("prompt", session.HasPrompt);
        json.WriteEndObject();
    }

    private static SessionIdentity ReadSession(JsonElement json)
    {
        Principal? subject = OwnJson.ReadPrincipal(json);
        string? tenant = json.GetProperty("tenant").GetString();
        SessionIdentity? session = null;
        foreach (JsonElement step in json.GetProperty("path").EnumerateArray())
        {
            session = new SessionIdentity(Text(step, "id"), Text(step, "agent"), subject, tenant, session) { HasPrompt = step.GetProperty("prompt").GetBoolean() };
        }

        return session ?? throw new FormatException("It has no session.");
    }

    private static void WriteMore(Utf8JsonWriter json, ApprovalRequest request)
    {
        if (request.Escalation is { } escalation)
        {
            json.WriteStartObject("escalate");
            json.WriteNumber("after", escalation.After.Ticks);
            OwnJson.WriteTexts(json, "to", escalation.To);
            json.WriteEndObject();
        }

        if (request.LastApproved is { } last)
        {
            json.WriteStartObject("last");
            json.WriteString("request", last.RequestId);
            OwnJson.WriteTime(json, "at", last.At);
            json.WriteString("arguments", last.Arguments.Span);
            json.WriteEndObject();
        }

        if (request.EditedBy is { } editor)
        {
            json.WriteStartObject("edited");
            OwnJson.WritePrincipal(json, editor);
            json.WriteString("request", request.EditedFrom);
            json.WriteEndObject();
        }

        if (request.Elevation is { } elevation)
        {
            WriteElevation(json, elevation);
        }
    }

    private static void WriteElevation(Utf8JsonWriter json, RequestedElevation elevation)
    {
        json.WriteStartObject("elevation");
        json.WriteString("entry", elevation.Entry);
        json.WriteString("tools", elevation.Tools);
        json.WriteNumber("access", (int)elevation.Access);
        json.WriteNumber("for", elevation.For.Ticks);
        json.WriteNumber("uses", elevation.Uses);
        json.WriteString("reason", elevation.Reason);
        json.WriteString("call_digest", elevation.CallDigest);
        json.WriteString("call_arguments", elevation.CallArguments.Span);
        json.WriteEndObject();
    }

    private static RequestedElevation ReadElevation(JsonElement json) => new(
        Text(json, "entry"),
        Text(json, "tools"),
        (ToolAccess)json.GetProperty("access").GetInt32(),
        new TimeSpan(json.GetProperty("for").GetInt64()),
        json.GetProperty("uses").GetInt32(),
        Text(json, "reason"))
    {
        CallDigest = json.GetProperty("call_digest").GetString(),
        CallArguments = Encoding.UTF8.GetBytes(Text(json, "call_arguments")),
    };

    private static void WritePaths(Utf8JsonWriter json, IReadOnlyList<IReadOnlyList<string>> paths)
    {
        json.WriteStartArray("hidden");
        foreach (IReadOnlyList<string> path in paths)
        {
            json.WriteStartArray();
            foreach (string name in path)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"It has no '{name}'.");
}
