using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails show</c>: what happened in a call or a session.</summary>
internal sealed class ShowCommand : ExplainedCommand
{
    private readonly Argument<string> _id = new("CALL-OR-SESSION") { Description = "The id of a call or a session, of an approval request, or the tool_use id that the model's protocol gave the call." };
    private readonly Option<string> _audit = CommandOptions.Audit();
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public ShowCommand(Terminal terminal)
        : base("show", "Show what was asked, proposed, decided and done in a call or a session, without verifying it.")
    {
        _terminal = terminal;
        Add(_id);
        Add(_audit);
        Add(_json);
        SetAction(Run);
    }

    public override string Example => "guardrails show f6353c4b6f8cb7fd-3 --audit audit";

    private Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string directory = parsed.GetValue(_audit)!;
        string id = parsed.GetValue(_id)!;
        using AuditLogReader log = AuditLogReader.Open(directory);
        RecordSearch search = RecordSearch.Run(log, id, cancellationToken);
        if (search.FoundBy is null)
        {
            throw new CommandException($"The log '{directory}' has no call, session, request or tool_use with the id '{id}'. {Unreadable(search, directory)}Ids are compared exactly; look one up with grep in '{Path.Combine(directory, "segments")}'.");
        }

        long sealedRecords = log.LatestCheckpoint?.Size ?? 0;
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json => WriteJson(json, directory, id, log, search, sealedRecords));
        }
        else
        {
            new Timeline(_terminal).Write(search.Records);
            WriteEnd(directory, id, log, search, sealedRecords);
        }

        return Task.FromResult(ExitCode.Done);
    }

    private void WriteEnd(string directory, string id, AuditLogReader log, RecordSearch search, long sealedRecords)
    {
        _terminal.Write("");
        if (search.FoundBy is "request" or "tool_use")
        {
            _terminal.Write($"Found as the {search.FoundBy} of {string.Join(", ", search.Records.Select(static r => r.Call).OfType<string>().Distinct(StringComparer.Ordinal).Select(Visible.Word))}.");
        }

        if (search.AlsoFoundBy.Count > 0)
        {
            _terminal.Write($"The same id is also a {string.Join(" and a ", search.AlsoFoundBy)} in this log; that isn't shown. Give the call's own id to see it.");
        }

        if (search.FoundBy != "session" && search.Records.Select(static r => r.Session).OfType<string>().FirstOrDefault() is { } session)
        {
            _terminal.Write($"The rest of the session: guardrails show {Visible.Word(session)} --audit {Visible.Word(directory)}");
        }

        _terminal.Write(Seal(log, search, sealedRecords));
        _terminal.Write($"{Unreadable(search, directory)}Digests, commitments and what frames each line are left out; --json shows all members.");
        _terminal.Write($"Nothing of this was verified. To verify the log: guardrails verify {Visible.Word(directory)}");
    }

    private static string Seal(AuditLogReader log, RecordSearch search, long sealedRecords)
    {
        int open = search.Records.Count(r => r.Index >= sealedRecords);
        string by = log.IsSigned ? "seal" : "seal, which isn't signed,";
        return open == 0
            ? Invariant($"Sealed: all {search.Records.Count} records are below the newest {by} of {sealedRecords} records.")
            : Invariant($"Not sealed: {open} of {search.Records.Count} records are behind the newest {by} of {sealedRecords} records.");
    }

    private static string Unreadable(RecordSearch search, string directory) => search.Unreadable.Count == 0
        ? ""
        : Invariant($"{search.Unreadable.Count} lines of the log can't be read and may belong here, the first at index {search.Unreadable[0]}; run 'guardrails verify {Visible.Word(directory)}'. ");

    private static void WriteJson(Utf8JsonWriter json, string directory, string id, AuditLogReader log, RecordSearch search, long sealedRecords)
    {
        json.WriteString("directory", directory);
        json.WriteString("origin", log.Origin);
        json.WriteString("id", id);
        json.WriteString("found_by", search.FoundBy);
        JsonOutput.WriteTexts(json, "also_found_by", search.AlsoFoundBy);
        json.WriteStartArray("records");
        foreach (LogRecord record in search.Records)
        {
            json.WriteStartObject();
            json.WriteNumber("index", record.Index);
            json.WriteBoolean("sealed", record.Index < sealedRecords);
            json.WritePropertyName("record");
            record.Json.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("sealed", search.Records.All(r => r.Index < sealedRecords));
        json.WriteNumber("sealed_records", sealedRecords);
        json.WriteBoolean("signed", log.IsSigned);
        json.WriteStartArray("unreadable_lines");
        foreach (long index in search.Unreadable)
        {
            json.WriteNumberValue(index);
        }

        json.WriteEndArray();
        json.WriteBoolean("verified", false);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
