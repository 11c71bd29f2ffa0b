using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary>Records as a person reads them: a heading for each step, and what it says below, moved in. Nothing of a record can begin a line.</summary>
internal sealed class Timeline(Terminal terminal)
{
    /// <summary>The most characters of one value that are shown.</summary>
    public const int MostShown = 500;

    private const int LabelWidth = 12;
    private const int Indent = 4;
    private string? _who;

    public void Write(IEnumerable<LogRecord> records)
    {
        foreach (LogRecord record in records)
        {
            WriteWho(record);
            WriteRecord(record);
        }
    }

    private void WriteWho(LogRecord record)
    {
        // Outcomes name their session only; those of the records before them still hold.
        if (record.Session is not { } session || record.Text("agent") is not { } agent)
        {
            return;
        }

        string who = $"session {Visible.Word(session)}: agent {Visible.Word(agent)}{Part(record, "subject", " on behalf of ")}{Part(record, "tenant", ", tenant ")}{Part(record, "owner", ", owner ")}";
        string[] ancestors = [.. record.Ancestors.Select(Visible.Word)];
        who += ancestors.Length > 0 ? $", a child of {string.Join(" / ", ancestors)}" : "";
        if (who != _who)
        {
            terminal.Write(who, Tone.Heading);
            _who = who;
        }
    }

    private void WriteRecord(LogRecord record)
    {
        switch (record.Kind)
        {
            case "prompt" or "output":
                WriteHeading(record, record.Kind);
                WriteMembers(record, ("text", "text"), ("text_bytes", "bytes"));
                break;
            case "decision":
                WriteHeading(record, "proposal", "call");
                WriteMembers(record, ("tool", "tool"), ("server", "server"), ("name", "name"), ("access", "access"), ("tool_use", "tool use"), ("use_case", "use case"), ("args", "arguments"), ("args_bytes", "bytes"), ("redacted", "hidden"), ("facts", "facts"), ("facts_omitted", "facts omitted"));
                WriteHeading(record, "decision", "effect", "code");
                WriteMembers(record, ("reason", "reason"), ("tier", "tier"), ("rules", "rules"), ("request", "request"), ("approver", "approver"));
                break;
            case "approval":
                WriteHeading(record, "approval", "status", "code", "call");
                WriteMembers(record, ("tool", "tool"), ("request", "request"), ("tier", "tier"), ("gate", "gate"), ("why", "why"), ("expires", "expires"), ("approver", "approver"), ("comment", "comment"), ("digest", "digest"));
                break;
            case "outcome":
                WriteHeading(record, "outcome", "status", "call");
                WriteMembers(record, ("tool", "tool"), ("error", "error"), ("withheld", "withheld"), ("dropped", "dropped"), ("result", "result"), ("result_bytes", "bytes"), ("redacted", "hidden"), ("result_unreadable", "unreadable"));
                break;
            default:
                WriteHeading(record, Visible.Word(record.Kind));
                WriteMembers(record, [.. record.Json.EnumerateObject().Where(static m => m.Name is not ("v" or "w" or "n" or "t" or "ev" or "crc")).Select(static m => (m.Name, Visible.Word(m.Name)))]);
                break;
        }
    }

    private void WriteHeading(LogRecord record, string step, params ReadOnlySpan<string> members)
    {
        var heading = new StringBuilder();
        heading.Append(CultureInfo.InvariantCulture, $"#{record.Index}  {Visible.Word(record.Text("t") ?? "no time")}  {step}");
        foreach (string member in members)
        {
            heading.Append(Part(record, member, "  "));
        }

        terminal.Write(heading.ToString(), ToneOf(record, step));
    }

    private static Tone ToneOf(LogRecord record, string step) => step switch
    {
        "decision" => record.Text("effect") == "allow" ? Tone.Good : Tone.Bad,
        "approval" or "outcome" => record.Text("status") switch
        {
            "approved" or "succeeded" => Tone.Good,
            "requested" or "deferred" => Tone.Heading,
            _ => Tone.Bad,
        },
        _ => Tone.Heading,
    };

    private void WriteMembers(LogRecord record, params (string Name, string Label)[] members)
    {
        foreach ((string name, string label) in members)
        {
            if (record.Member(name) is { } value)
            {
                terminal.Write($"{new string(' ', Indent)}{label.PadRight(LabelWidth)}{Shown(name, value)}", indent: Indent + LabelWidth);
            }
        }
    }

    private static string Part(LogRecord record, string name, string before) =>
        record.Member(name) is { } value ? before + Shown(name, value) : "";

    // What people and models wrote stands in quotes, even where it is one word.
    private static string Shown(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static e => e.ValueKind == JsonValueKind.String) && name is "rules" or "access" or "why" or "redacted")
        {
            string joined = string.Join(", ", value.EnumerateArray().Select(e => Shown(name, e)));
            return joined.Length > 0 ? joined : "none";
        }

        if (TextOf(value) is not { } text)
        {
            return Shorten(value.GetRawText(), Visible.Json);
        }

        return Shorten(text, name is "text" or "result" or "reason" or "why" or "comment" or "args" or "error" or "use_case" ? Visible.Quoted : Visible.Word);
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // The remark stands in front of the value, where nothing in the value can imitate it.
    private static string Shorten(string text, Func<string, string> show)
    {
        int length = 0, end = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            end += length < MostShown ? rune.Utf16SequenceLength : 0;
            length++;
        }

        return length <= MostShown
            ? show(text)
            : string.Create(CultureInfo.InvariantCulture, $"({length} characters, the first {MostShown} follow; --json shows all) {show(text[..end])}");
    }
}
