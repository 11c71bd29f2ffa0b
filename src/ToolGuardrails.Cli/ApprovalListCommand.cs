using System.CommandLine;
using System.Globalization;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails approvals list</c>: what waits for people, or for being used.</summary>
internal sealed class ApprovalListCommand : ExplainedCommand
{
    private const int Most = 256;
    private const int LabelWidth = 9;

    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _all = new("--all") { Description = "Also what is over." };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public ApprovalListCommand(Terminal terminal)
        : base("list", "List the requests that wait for people, and the approved ones that haven't been used.")
    {
        _terminal = terminal;
        Add(_store);
        Add(_all);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails approvals list --store guardrails.db";

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool openOnly = !parsed.GetValue(_all);
        using SqliteGuardrailStore store = StoreFile.Open(parsed.GetValue(_store)!, create: false, cancellationToken);
        IReadOnlyList<ApprovalCase> cases = await new ApprovalInbox(store, store).ReadAsync(openOnly, Most, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteString("store", store.Path);
                json.WriteStartArray("approvals");
                foreach (ApprovalCase one in cases)
                {
                    json.WriteStartObject();
                    ApprovalCaseText.WriteMembers(json, one);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Done;
        }

        string count = cases.Count.ToString(CultureInfo.InvariantCulture);
        _terminal.Write(cases.Count == 0 ? "NO REQUESTS." : openOnly ? $"OPEN: {count}." : $"REQUESTS: {count}{(cases.Count == Most ? "; older ones are left out" : "")}.", Tone.Heading);
        foreach (ApprovalCase one in cases)
        {
            Write(one);
        }

        return ExitCode.Done;
    }

    private void Write(ApprovalCase one)
    {
        ApprovalRequest request = one.Request;
        _terminal.Write($"  - {Visible.Word(request.Id)}");
        WriteMember("tool", Visible.Word(request.Tool.Id));
        WriteMember("agent", Visible.Word(request.Session.Agent));
        WriteMember("for", request.Session.Subject is { } subject ? Visible.Word(subject.ToString()) : "nobody in particular");
        WriteMember("tier", JsonOutput.Word(request.Tier));
        WriteMember("status", ApprovalCaseText.Standing(one));
        WriteMember("expires", SuspensionText.Time(request.ExpiresAt));
    }

    private void WriteMember(string label, string text) => _terminal.Write($"    {label.PadRight(LabelWidth)}{text}", indent: 4 + LabelWidth);
}
