using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>A suspension in words and in JSON. What people wrote is escaped by whoever shows a line, and quoted here.</summary>
internal static class SuspensionText
{
    public static string Of(SuspensionTarget target) => target.Name is { } name ? $"{JsonOutput.Word(target.Kind)} {Visible.Word(name)}" : "everything";

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static void WriteMembers(Utf8JsonWriter json, Suspension suspension)
    {
        json.WriteString("id", suspension.Id);
        json.WriteString("kind", JsonOutput.Word(suspension.Target.Kind));
        json.WriteString("name", suspension.Target.Name);
        json.WriteString("by", suspension.By.ToString());
        json.WriteString("reason", suspension.Reason);
        json.WriteString("since", suspension.Since.UtcDateTime);
        json.WriteString("subject", suspension.Subject?.ToString());
        json.WriteBoolean("in_force", suspension.IsInForce);
        json.WriteString("lifted_by", suspension.Lifted?.By.ToString());
        json.WriteString("lifted_reason", suspension.Lifted?.Reason);
        if (suspension.Lifted is { } lifted)
        {
            json.WriteString("lifted_at", lifted.At.UtcDateTime);
        }
        else
        {
            json.WriteNull("lifted_at");
        }
    }
}
