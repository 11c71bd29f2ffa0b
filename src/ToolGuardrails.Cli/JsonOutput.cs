using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>One JSON object on a line of its own. Whatever isn't plain ASCII is escaped, so that it is safe to look at too.</summary>
internal static class JsonOutput
{
    public static void Write(TextWriter output, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>The word that records and JSON have for a value: <c>require_approval</c>.</summary>
    public static string Word(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    public static void WriteCheckpoint(Utf8JsonWriter json, string name, AuditCheckpoint? checkpoint)
    {
        json.WritePropertyName(name);
        if (checkpoint is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("origin", checkpoint.Origin);
        json.WriteNumber("size", checkpoint.Size);
        json.WriteString("root", Convert.ToBase64String(checkpoint.RootHash.Span));
        json.WriteString("note", checkpoint.Note);
        json.WriteEndObject();
    }
}
