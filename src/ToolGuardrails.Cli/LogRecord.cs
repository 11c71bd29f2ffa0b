using System.Text.Json;
using System.Text.Unicode;

namespace ToolGuardrails.Cli;

/// <summary>A record taken apart, with its place in the log.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Json">The whole line; an object in which no name stands twice.</param>
internal sealed record LogRecord(long Index, JsonElement Json)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 1024 };

    public string Kind => Text("ev") ?? "";

    public string? Session => Text("session");

    public string? Call => Text("call");

    /// <summary>The ids of the sessions above a child session, from the root down.</summary>
    public IEnumerable<string> Ancestors =>
        Json.TryGetProperty("path", out JsonElement path) && path.ValueKind == JsonValueKind.Array
            ? path.EnumerateArray().Select(static p => p.ValueKind == JsonValueKind.Object && p.TryGetProperty("session", out JsonElement id) ? TextOf(id) : null).OfType<string>()
            : [];

    /// <summary>Reads a line; null where it isn't an object of valid JSON, as in a damaged log.</summary>
    public static LogRecord? TryRead(long index, AuditRecord record)
    {
        try
        {
            if (!Utf8.IsValid(record.Line.Span))
            {
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(record.Line, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new LogRecord(index, document.RootElement.Clone()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member's text, or null where there is none of that name or it isn't text.</summary>
    public string? Text(string name) => Json.TryGetProperty(name, out JsonElement member) ? TextOf(member) : null;

    public JsonElement? Member(string name) => Json.TryGetProperty(name, out JsonElement member) ? member : null;

    private static string? TextOf(JsonElement member)
    {
        try
        {
            return member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: JSON, but no text.
            return null;
        }
    }
}
