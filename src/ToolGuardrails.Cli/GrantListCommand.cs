using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails grants list</c>: the elevations, broken glasses and standing approvals that may be used.</summary>
internal sealed class GrantListCommand : ExplainedCommand
{
    private const int Most = 256;
    private const int LabelWidth = 9;

    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _all = new("--all") { Description = "Also what is over." };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public GrantListCommand(Terminal terminal)
        : base("list", "List the elevations and standing approvals that may be used.")
    {
        _terminal = terminal;
        Add(_store);
        Add(_all);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails grants list --store guardrails.db";

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool inForceOnly = !parsed.GetValue(_all);
        using SqliteGuardrailStore store = StoreFile.Open(parsed.GetValue(_store)!, create: false, cancellationToken);
        IReadOnlyList<IssuedGrant> grants = await new GrantRegister(store).ReadAsync(inForceOnly, Most, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json => WriteMembers(json, store.Path, grants));
            return ExitCode.Done;
        }

        string count = grants.Count.ToString(CultureInfo.InvariantCulture);
        _terminal.Write(grants.Count == 0 ? "NO GRANTS." : inForceOnly ? $"IN FORCE: {count}." : $"GRANTS: {count}.", Tone.Heading);
        foreach (IssuedGrant grant in grants)
        {
            Write(grant);
        }

        return ExitCode.Done;
    }

    private void Write(IssuedGrant grant)
    {
        _terminal.Write($"  - {Visible.Word(grant.Id)}");
        WriteMember("kind", GrantText.Kind(grant));
        WriteMember("tools", Visible.Word(grant.Tools));
        WriteMember("agent", Visible.Word(grant.Agents[^1]));
        WriteMember("for", grant.Subject is { } subject ? Visible.Word(subject.ToString()) : "nobody in particular");
        WriteMember("given by", Visible.Word(string.Join(", ", grant.GivenBy)));
        WriteMember("uses", string.Create(CultureInfo.InvariantCulture, $"{grant.Uses} of {grant.MostUses}"));
        WriteMember("until", SuspensionText.Time(grant.Until));
        WriteMember("status", GrantText.Standing(grant));
    }

    private void WriteMember(string label, string text) => _terminal.Write($"    {label.PadRight(LabelWidth)}{text}", indent: 4 + LabelWidth);

    private static void WriteMembers(Utf8JsonWriter json, string store, IReadOnlyList<IssuedGrant> grants)
    {
        json.WriteString("store", store);
        json.WriteStartArray("grants");
        foreach (IssuedGrant grant in grants)
        {
            json.WriteStartObject();
            GrantText.WriteMembers(json, grant);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
