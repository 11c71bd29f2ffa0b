using System.Buffers;
using System.Text.Json;

namespace ToolGuardrails.Approval;

/// <summary>The content of a stored request: one JSON object, of which the request itself is kept byte by byte as its host wrote it.</summary>
internal static class ApprovalContent
{
    private const int Version = 1;

    /// <summary>What a store keeps of a case.</summary>
    public static StoredApproval ToStored(ApprovalCase approval) => new()
    {
        Id = approval.Request.Id,
        Digest = approval.Request.Digest,
        Revision = approval.Revision,
        IsOpen = approval.IsOpen,
        IsUnrecorded = approval.IsUnrecorded,
        Agent = approval.Request.Session.Agent,
        Tool = approval.Request.Tool.Id,
        Tenant = approval.Request.Session.Tenant,
        RequestedAt = approval.Request.RequestedAt,
        ApprovedAt = approval.ApprovedAt,
        Content = Write(approval),
    };

    /// <summary>Reads a case back.</summary>
    /// <exception cref="InvalidDataException">The content isn't one that this version knows.</exception>
    public static ApprovalCase Read(StoredApproval stored) => OwnJson.ReadStored(stored.Content, Version, "approval request", stored.Id, json => Read(stored, json));

    private static byte[] Write(ApprovalCase approval)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteString("status", Word(approval.Status));
            json.WriteString("mac", approval.Mac);
            json.WritePropertyName("request");
            json.WriteRawValue(approval.Snapshot.Span, skipInputValidation: true);
            WriteDecisions(json, approval.Decisions);
            OwnJson.WriteTime(json, "approved_at", approval.ApprovedAt);
            json.WriteString("used_by", approval.UsedBy);
            OwnJson.WriteTime(json, "used_at", approval.UsedAt);
            json.WriteString("outcome", approval.Outcome);
            OwnJson.WriteTime(json, "closed_at", approval.ClosedAt);
            if (!approval.EditedArguments.IsEmpty)
            {
                json.WriteString("edited", approval.EditedArguments.Span); // As text: a writer would put escapes of its own into an object.
            }

            if (approval.Standing is { } standing)
            {
                json.WriteStartObject("standing");
                json.WriteNumber("ticks", standing.ValidFor.Ticks);
                json.WriteNumber("uses", standing.Uses);
                json.WriteString("where", standing.Where);
                json.WriteEndObject();
            }

            json.WriteNumber("recorded", approval.Recorded);
            json.WriteBoolean("lapse_recorded", approval.IsLapseRecorded);
            json.WriteBoolean("escalated", approval.IsEscalated);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteDecisions(Utf8JsonWriter json, IReadOnlyList<ApprovalDecision> decisions)
    {
        json.WriteStartArray("decisions");
        foreach (ApprovalDecision decision in decisions)
        {
            json.WriteStartObject();
            json.WriteString("answer", Word(decision.Answer));
            OwnJson.WritePrincipal(json, decision.By);
            json.WriteString("comment", decision.Comment);
            OwnJson.WriteTime(json, "at", decision.At);
            OwnJson.WriteTexts(json, "roles", decision.Roles);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ApprovalCase Read(StoredApproval stored, JsonElement json)
    {
        byte[] snapshot = System.Text.Encoding.UTF8.GetBytes(json.GetProperty("request").GetRawText());
        return new ApprovalCase(ApprovalSnapshot.Read(json.GetProperty("request")))
        {
            Status = StatusOf(json.GetProperty("status").GetString()),
            Decisions = [.. json.GetProperty("decisions").EnumerateArray().Select(ReadDecision)],
            ApprovedAt = OwnJson.ReadTime(json, "approved_at"),
            UsedBy = json.GetProperty("used_by").GetString(),
            UsedAt = OwnJson.ReadTime(json, "used_at"),
            Outcome = json.GetProperty("outcome").GetString(),
            ClosedAt = OwnJson.ReadTime(json, "closed_at"),
            EditedArguments = json.TryGetProperty("edited", out JsonElement edited) ? System.Text.Encoding.UTF8.GetBytes(edited.GetString()!) : default,
            Standing = json.TryGetProperty("standing", out JsonElement standing)
                ? new StandingApprovalTerms(TimeSpan.FromTicks(standing.GetProperty("ticks").GetInt64()), standing.GetProperty("uses").GetInt32(), standing.GetProperty("where").GetString())
                : null,
            Recorded = json.GetProperty("recorded").GetInt32(),
            IsLapseRecorded = json.GetProperty("lapse_recorded").GetBoolean(),
            IsEscalated = json.GetProperty("escalated").GetBoolean(),
            Revision = stored.Revision,
            Snapshot = snapshot,
            Mac = json.GetProperty("mac").GetString() ?? "",
        };
    }

    private static ApprovalDecision ReadDecision(JsonElement json) => new(
        AnswerOf(json.GetProperty("answer").GetString()),
        OwnJson.ReadPrincipal(json),
        json.GetProperty("comment").GetString(),
        OwnJson.ReadTime(json, "at") ?? default)
    {
        Roles = OwnJson.Texts(json.GetProperty("roles")),
    };

    // The store's own words: a name in the source code may change, what is kept may not.
    private static string Word(ApprovalStatus status) => status switch
    {
        ApprovalStatus.Pending => "pending",
        ApprovalStatus.Approved => "approved",
        ApprovalStatus.Rejected => "rejected",
        ApprovalStatus.Expired => "expired",
        ApprovalStatus.Edited => "edited",
        ApprovalStatus.Started => "started",
        ApprovalStatus.Finished => "finished",
        _ => "unspecified",
    };

    private static ApprovalStatus StatusOf(string? word) => word switch
    {
        "pending" => ApprovalStatus.Pending,
        "approved" => ApprovalStatus.Approved,
        "rejected" => ApprovalStatus.Rejected,
        "expired" => ApprovalStatus.Expired,
        "edited" => ApprovalStatus.Edited,
        "started" => ApprovalStatus.Started,
        "finished" => ApprovalStatus.Finished,
        _ => ApprovalStatus.Unspecified,
    };

    private static string Word(ApprovalAnswer answer) => answer switch
    {
        ApprovalAnswer.Approve => "approve",
        ApprovalAnswer.Defer => "defer",
        ApprovalAnswer.Edit => "edit",
        _ => "reject",
    };

    private static ApprovalAnswer AnswerOf(string? word) => word switch
    {
        "approve" => ApprovalAnswer.Approve,
        "defer" => ApprovalAnswer.Defer,
        "edit" => ApprovalAnswer.Edit,
        _ => ApprovalAnswer.Reject,
    };
}
