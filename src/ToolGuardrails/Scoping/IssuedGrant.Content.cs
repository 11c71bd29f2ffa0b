using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails;

// The content of a stored grant: one JSON object.
public sealed partial record IssuedGrant
{
    private const int Version = 1;

    internal StoredGrant ToStored() => new() { Id = Id, Revision = Revision, IsInForce = IsInForce, Content = Write() };

    /// <summary>Reads a grant back.</summary>
    /// <exception cref="InvalidDataException">The content isn't one that this version knows.</exception>
    internal static IssuedGrant Read(StoredGrant stored) => OwnJson.ReadStored(stored.Content, Version, "grant", stored.Id, json => Read(stored, json));

    internal static string Word(IssuedGrantKind kind) => kind switch
    {
        IssuedGrantKind.Elevation => "elevation",
        IssuedGrantKind.BreakGlass => "break_glass",
        IssuedGrantKind.StandingApproval => "standing_approval",
        _ => "unspecified",
    };

    private byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteString("kind", Word(Kind));
            OwnJson.WriteTexts(json, "agents", Agents);
            json.WriteString("session", Session);
            WritePrincipal(json, "subject", Subject);
            json.WriteString("tenant", Tenant);
            json.WriteString("entry", Entry);
            json.WriteString("tools", Tools);
            json.WriteString("where", Where);
            json.WriteString("arguments", Arguments.Span);
            json.WriteString("reason", Reason);
            json.WriteStartArray("given_by");
            foreach (Principal giver in GivenBy)
            {
                json.WriteStartObject();
                OwnJson.WritePrincipal(json, giver);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            OwnJson.WriteTime(json, "from", From);
            OwnJson.WriteTime(json, "until", Until);
            json.WriteNumber("lasts", Lasts.Ticks);
            json.WriteNumber("most_uses", MostUses);
            json.WriteNumber("tier", (int)Tier);
            json.WriteString("binding", Binding);
            json.WriteString("definition", Definition);
            json.WriteString("call_digest", CallDigest);
            json.WriteString("guard_code", GuardCode);
            WriteEnds(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteEnds(Utf8JsonWriter json)
    {
        if (Revoked is { } revoked)
        {
            json.WriteStartObject("revoked");
            WritePrincipal(json, "by", revoked.By);
            json.WriteString("reason", revoked.Reason);
            OwnJson.WriteTime(json, "at", revoked.At);
            json.WriteEndObject();
        }

        if (Review is { } review)
        {
            json.WriteStartObject("review");
            WritePrincipal(json, "by", review.By);
            json.WriteBoolean("justified", review.IsJustified);
            json.WriteString("comment", review.Comment);
            OwnJson.WriteTime(json, "at", review.At);
            json.WriteEndObject();
        }
    }

    private static IssuedGrant Read(StoredGrant stored, JsonElement json) => new(stored.Id, KindOf(json.GetProperty("kind").GetString()))
    {
        Agents = OwnJson.Texts(json.GetProperty("agents")),
        Session = json.GetProperty("session").GetString(),
        Subject = ReadPrincipal(json, "subject"),
        Tenant = json.GetProperty("tenant").GetString(),
        Entry = json.GetProperty("entry").GetString(),
        Tools = json.GetProperty("tools").GetString()!,
        Where = json.GetProperty("where").GetString(),
        Arguments = Encoding.UTF8.GetBytes(json.GetProperty("arguments").GetString()!),
        Reason = json.GetProperty("reason").GetString()!,
        GivenBy = [.. json.GetProperty("given_by").EnumerateArray().Select(static p => OwnJson.ReadPrincipal(p)!)],
        From = OwnJson.Time(json.GetProperty("from")),
        Until = OwnJson.Time(json.GetProperty("until")),
        Lasts = TimeSpan.FromTicks(json.GetProperty("lasts").GetInt64()),
        MostUses = json.GetProperty("most_uses").GetInt32(),
        Tier = (RiskTier)json.GetProperty("tier").GetByte(),
        Binding = json.GetProperty("binding").GetString()!,
        Definition = json.GetProperty("definition").GetString(),
        CallDigest = json.GetProperty("call_digest").GetString(),
        GuardCode = json.GetProperty("guard_code").GetString(),
        Revoked = json.TryGetProperty("revoked", out JsonElement revoked) ? new GrantRevocation(ReadPrincipal(revoked, "by")!, revoked.GetProperty("reason").GetString()!, OwnJson.Time(revoked.GetProperty("at"))) : null,
        Review = json.TryGetProperty("review", out JsonElement review) ? new GrantReview(ReadPrincipal(review, "by")!, review.GetProperty("justified").GetBoolean(), review.GetProperty("comment").GetString()!, OwnJson.Time(review.GetProperty("at"))) : null,
        IsInForce = stored.IsInForce,
        Uses = stored.Uses,
        Revision = stored.Revision,
    };

    private static void WritePrincipal(Utf8JsonWriter json, string name, Principal? principal)
    {
        if (principal is null)
        {
            return;
        }

        json.WriteStartObject(name);
        OwnJson.WritePrincipal(json, principal);
        json.WriteEndObject();
    }

    private static Principal? ReadPrincipal(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement found) ? OwnJson.ReadPrincipal(found) : null;

    private static IssuedGrantKind KindOf(string? word) => word switch
    {
        "elevation" => IssuedGrantKind.Elevation,
        "break_glass" => IssuedGrantKind.BreakGlass,
        "standing_approval" => IssuedGrantKind.StandingApproval,
        _ => IssuedGrantKind.Unspecified,
    };
}
