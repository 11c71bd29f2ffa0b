using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>Verifies a log's directory and says what came of it.</summary>
internal static class LogVerdict
{
    public static async Task<int> RunAsync(Terminal terminal, string directory, AuditLogVerification options, bool asJson, CancellationToken cancellationToken)
    {
        AuditLogReport report = await terminal.WithProgressAsync(
            "Verifying",
            show => AuditLogVerifier.VerifyAsync(directory, options, show is null ? null : new Progress(show), cancellationToken)).ConfigureAwait(false);
        if (asJson)
        {
            JsonOutput.Write(terminal.Out, json => Write(json, report));
        }
        else
        {
            terminal.Write(report.ToText().TrimEnd('\n'), report.IsIntact ? Tone.Plain : Tone.Bad);
        }

        return !report.IsIntact ? ExitCode.Damaged : report.IsSigned ? ExitCode.Done : ExitCode.Unsigned;
    }

    private static void Write(Utf8JsonWriter json, AuditLogReport report)
    {
        json.WriteString("kind", "log");
        json.WriteString("directory", report.DirectoryPath);
        json.WriteString("origin", report.Origin);
        json.WriteBoolean("intact", report.IsIntact);
        json.WriteBoolean("signed", report.IsSigned);
        json.WriteBoolean("key_pinned", report.IsKeyPinned);
        json.WriteNumber("first_record", report.FirstRecord);
        json.WriteNumber("records", report.Records);
        json.WriteNumber("sealed_records", report.SealedRecords);
        json.WriteString("sealed_at", report.SealedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        WriteNumber(json, "anchored_records", report.AnchoredRecords);
        JsonOutput.WriteCheckpoint(json, "checkpoint", report.Checkpoint);
        json.WriteStartArray("damage");
        foreach (AuditLogDamage damage in report.Damage)
        {
            json.WriteStartObject();
            json.WriteString("kind", JsonOutput.Word(damage.Kind));
            json.WriteString("file", damage.File);
            WriteNumber(json, "record", damage.Record);
            WriteNumber(json, "line", damage.Line);
            WriteNumber(json, "offset", damage.Offset);
            json.WriteString("message", damage.Message);
            json.WriteBoolean("derived", damage.IsDerived);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonOutput.WriteTexts(json, "notes", report.Notes);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    // Reports on the thread that works; the one of the base library would queue behind it.
    private sealed class Progress(Action<long, long> show) : IProgress<AuditLogProgress>
    {
        public void Report(AuditLogProgress value) => show(value.BytesDone, value.BytesTotal);
    }
}
