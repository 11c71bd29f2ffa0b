using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>A grant that people have given for a while, in words and as JSON. Never its exact arguments.</summary>
internal static class GrantText
{
    public static string Kind(IssuedGrant grant) => grant.Kind switch
    {
        IssuedGrantKind.Elevation => "elevation",
        IssuedGrantKind.BreakGlass => grant.Review is null ? "broken glass, not reviewed" : "broken glass",
        IssuedGrantKind.StandingApproval => "standing approval",
        _ => "unspecified",
    };

    public static string Standing(IssuedGrant grant) =>
        grant.Revoked is { } revoked ? $"revoked by {Visible.Word(revoked.By.ToString())}"
        : !grant.IsInForce || grant.Until <= TimeProvider.System.GetUtcNow() ? "over"
        : grant.Uses >= grant.MostUses ? "used up"
        : "in force";

    public static void WriteMembers(Utf8JsonWriter json, IssuedGrant grant)
    {
        json.WriteString("id", grant.Id);
        json.WriteString("kind", Kind(grant));
        json.WriteString("status", Standing(grant));
        json.WriteString("tools", grant.Tools);
        json.WriteString("agent", grant.Agents[^1]);
        json.WriteString("session", grant.Session);
        json.WriteString("subject", grant.Subject?.ToString());
        json.WriteString("entry", grant.Entry);
        json.WriteString("reason", grant.Reason);
        json.WriteStartArray("given_by");
        foreach (Principal giver in grant.GivenBy)
        {
            json.WriteStringValue(giver.ToString());
        }

        json.WriteEndArray();
        json.WriteString("until", SuspensionText.Time(grant.Until));
        json.WriteNumber("uses", grant.Uses);
        json.WriteNumber("most_uses", grant.MostUses);
    }
}
