using System.Text.Json;
using ToolGuardrails;

namespace SupportDesk;

/// <summary>What became of one tool use.</summary>
/// <param name="Use">The tool use.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Executed">Whether the tool ran.</param>
/// <param name="Waits">What it waits for; null where it doesn't.</param>
internal sealed record CallRow(ToolUse Use, Decision Decision, bool Executed, ApprovalRequest? Waits);

/// <summary>The table on the screen: two lines for each call.</summary>
internal sealed class CallTable(TextWriter output)
{
    private readonly List<CallRow> _rows = [];

    public IReadOnlyList<CallRow> Rows => _rows;

    /// <summary>What became of a tool use last: a call that waited has a second row once it was made.</summary>
    public CallRow this[string toolUseId] => _rows.Last(r => r.Use.Id == toolUseId);

    public void WriteHeader()
    {
        output.WriteLine();
        output.WriteLine($"{"#",2}  {"agent",-13}  {"tool",-17}  {"decision",-8}  {"code",-20}  tier");
        output.WriteLine("    arguments -> what happened");
        output.WriteLine(new string('-', 76));
    }

    public void Add(AgentSession session, ToolUse use, ToolOutcome<string> outcome)
    {
        Decision decision = outcome.Decision;
        _rows.Add(new CallRow(use, decision, outcome.Executed, outcome.PendingApproval));
        string effect = decision.Effect switch { Effect.Allow => "allow", Effect.Deny => "deny", _ => "pending" };
        string tier = decision.Tier == RiskTier.Unclassified ? "-" : decision.Tier.ToString();
        output.WriteLine($"{_rows.Count,2}  {session.Identity.Agent,-13}  {use.Name,-17}  {effect,-8}  {decision.Code,-20}  {tier}");
        output.WriteLine(Screen.Text($"    {Arguments(use.Input)} -> {WhatHappened(session, outcome)}"));
    }

    private static string WhatHappened(AgentSession session, ToolOutcome<string> outcome)
    {
        if (outcome.TryGetValue(out string? text))
        {
            string[] lines = text.Split('\n');
            return lines.Length == 1 ? Short(lines[0], 84) : $"{Short(lines[0], 46)} ({lines.Length} lines)";
        }

        return outcome.PendingApproval is { } request
            ? $"not run, waits for {string.Join(" or ", request.Approvers.Select(a => a == "subject" ? session.Identity.Subject!.Subject : a))}"
            : outcome.Withheld is { } withheld ? $"ran, result withheld. {withheld.Text}"
            : $"not run. {outcome.Decision.Reason.Text}";
    }

    private static string Arguments(JsonElement input) => input.ValueKind != JsonValueKind.Object ? Short(input.GetRawText(), 84) :
        string.Join(' ', input.EnumerateObject().Select(static a => $"{a.Name}={Short(a.Value.ToString(), 28)}"));

    private static string Short(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 3), "...");
}
