using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>The lines that the log writes about itself, before they are stamped (docs/audit-format.md).</summary>
internal static class LogEvents
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Open(DateTimeOffset at, string descriptorDigest, string? verifierKey, string? previous) => Body(at, "log.open", json =>
    {
        json.WriteString("log"u8, descriptorDigest);
        json.WriteString("host"u8, Environment.MachineName);
        json.WriteNumber("pid"u8, Environment.ProcessId);
        json.WriteString("version"u8, typeof(LogEvents).Assembly.GetName().Version?.ToString(3) ?? "0.0.0");
        json.WriteBoolean("signed"u8, verifierKey is not null);
        Write(json, "vkey", verifierKey);
        Write(json, "previous", previous);
    });

    public static byte[] Close(DateTimeOffset at) => Body(at, "log.close");

    public static byte[] Heartbeat(DateTimeOffset at) => Body(at, "heartbeat");

    public static byte[] Clock(DateTimeOffset at, DateTimeOffset was) => Body(at, "clock", json => json.WriteString("was"u8, Text(was)));

    public static byte[] Seal(DateTimeOffset at, string note) => Body(at, "seal", json => json.WriteString("note"u8, note));

    public static byte[] Key(DateTimeOffset at, string verifierKey, string replaces) => Body(at, "key", json =>
    {
        json.WriteString("vkey"u8, verifierKey);
        json.WriteString("replaces"u8, replaces);
    });

    public static byte[] Recover(DateTimeOffset at, QuarantinedBytes taken) => Body(at, "log.recover", json =>
    {
        json.WriteNumber("index"u8, taken.Index);
        json.WriteNumber("bytes"u8, taken.Length);
        json.WriteString("sha256"u8, taken.Sha256);
        json.WriteString("file"u8, taken.FileName);
    });

    public static byte[] Prune(DateTimeOffset at, LogPrune prune, string descriptorDigest) => Body(at, "prune", json =>
    {
        json.WriteNumber("from"u8, prune.From);
        json.WriteNumber("to"u8, prune.To);
        json.WriteNumber("retention"u8, prune.RetentionDays);
        Write(json, "override", prune.Override);
        json.WriteString("log"u8, descriptorDigest);
        if (prune.Rotations.Count == 0)
        {
            return;
        }

        json.WriteStartArray("rotations"u8);
        foreach (LogKeyRotation rotation in prune.Rotations)
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, rotation.Index);
            json.WriteString("line"u8, rotation.Line);
            json.WriteString("vkey"u8, rotation.VerifierKey);
            json.WriteString("replaces"u8, rotation.Replaces);
            json.WriteString("note"u8, rotation.Note);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static byte[] Body(DateTimeOffset at, string kind, Action<Utf8JsonWriter>? members = null)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Plain))
        {
            json.WriteStartObject();
            json.WriteString("t"u8, Text(at));
            json.WriteString("ev"u8, kind);
            members?.Invoke(json);
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }
}
