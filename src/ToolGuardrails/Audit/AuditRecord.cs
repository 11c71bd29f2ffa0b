using System.Text;
using System.Text.Json;
using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>One audit record: the exact line, and its most used members, read from it on demand.</summary>
/// <remarks>The line's schema: docs/audit-records.md.</remarks>
public readonly struct AuditRecord
{
    internal AuditRecord(ReadOnlyMemory<byte> line) => Line = line;

    /// <summary>The exact UTF-8 line without its line feed. In a sink it may be used until the sink's task completes; copy it to keep it.</summary>
    public ReadOnlyMemory<byte> Line { get; }

    /// <summary>What the record tells.</summary>
    public AuditRecordKind Kind => GetString("ev") switch
    {
        "prompt" => AuditRecordKind.Prompt,
        "decision" => AuditRecordKind.Decision,
        "approval" => AuditRecordKind.Approval,
        "outcome" => AuditRecordKind.Outcome,
        "output" => AuditRecordKind.Output,
        "policy" => AuditRecordKind.Policy,
        "suspension" => AuditRecordKind.Suspension,
        "grant" => AuditRecordKind.Grant,
        "dropped" => AuditRecordKind.Dropped,
        "log.open" or "log.close" or "log.recover" or "seal" or "heartbeat" or "key" or "prune" or "clock" => AuditRecordKind.Log,
        _ => AuditRecordKind.Unspecified,
    };

    /// <summary>When it was made, in UTC.</summary>
    public DateTimeOffset Time => DateTimeOffset.TryParse(GetString("t"), System.Globalization.CultureInfo.InvariantCulture, out DateTimeOffset time) ? time : default;

    /// <summary>The session, or null.</summary>
    public string? SessionId => GetString("session");

    /// <summary>The call, or null.</summary>
    public string? CallId => GetString("call");

    /// <summary>The agent, or null.</summary>
    public string? Agent => GetString("agent");

    /// <summary>The tool's id, or null.</summary>
    public string? Tool => GetString("tool");

    /// <summary>A decision's effect (<c>allow</c>, <c>deny</c>, <c>require_approval</c>), or null.</summary>
    public string? Effect => GetString("effect");

    /// <summary>The stable code, or null.</summary>
    public string? Code => GetString("code");

    /// <summary>An outcome's or approval's status, or null.</summary>
    public string? Status => GetString("status");

    /// <summary>A top-level text member of the line, or null where it has none of that name.</summary>
    /// <param name="name">The member's name.</param>
    public string? GetString(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var reader = new Utf8JsonReader(Line.Span, new JsonReaderOptions { MaxDepth = LogLine.MostDepth });
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            bool wanted = reader.ValueTextEquals(name);
            reader.Read();
            if (wanted)
            {
                return reader.TokenType == JsonTokenType.String ? Text(reader) : null;
            }

            reader.Skip();
        }

        return null;
    }

    // A line that others wrote may hold half a surrogate pair as an escape, which is no text; it is shown as it is written.
    private static string Text(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    /// <summary>The whole record as an element of its own.</summary>
    public JsonElement ToJson() => JsonElement.Parse(Line.Span, new JsonDocumentOptions { MaxDepth = LogLine.MostDepth });

    /// <summary>The line as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Line.Span);
}
