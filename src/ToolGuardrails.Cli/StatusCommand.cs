using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails status</c>: what is suspended, what was lately, and how far the budgets are used.</summary>
internal sealed class StatusCommand : ExplainedCommand
{
    private const int LiftedShown = 10;
    private const int LabelWidth = 8;

    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public StatusCommand(Terminal terminal)
        : base("status", "Show what is suspended, since when, by whom and why, what was lifted lately, and how far the budgets are used.")
    {
        _terminal = terminal;
        Add(_store);
        Add(_json);
        SetAction(Run);
    }

    public override string Example => "guardrails status --store guardrails.db";

    private Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        using SqliteGuardrailStore store = StoreFile.Open(parsed.GetValue(_store)!, create: false, cancellationToken);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        IReadOnlyList<Suspension> all = store.Read();
        Suspension[] inForce = [.. all.Where(static s => s.IsInForce)];
        Suspension[] lifted = [.. all.Where(static s => !s.IsInForce).OrderByDescending(static s => s.Lifted!.At)];
        IReadOnlyList<BudgetCounter> budgets = store.ReadBudgets();
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteString("store", store.Path);
                WriteAll(json, "in_force", inForce);
                WriteAll(json, "lifted", lifted);
                WriteBudgets(json, budgets, now);
            });
            return Task.FromResult(ExitCode.Done);
        }

        if (inForce.Length == 0)
        {
            _terminal.Write("NOTHING SUSPENDED.", Tone.Good);
        }
        else
        {
            _terminal.Write(Invariant($"SUSPENDED: {inForce.Length}."), Tone.Bad);
        }

        Array.ForEach(inForce, Write);
        if (lifted.Length > 0)
        {
            _terminal.Write(Invariant($"Lifted lately: {lifted.Length}{(lifted.Length > LiftedShown ? Invariant($"; the last {LiftedShown} follow, --json shows all") : "")}."));
            Array.ForEach(lifted[..Math.Min(lifted.Length, LiftedShown)], Write);
        }

        Write(budgets, now);
        return Task.FromResult(ExitCode.Done);
    }

    private void Write(Suspension suspension)
    {
        _terminal.Write($"  - {SuspensionText.Of(suspension.Target)}");
        WriteMember("id", Visible.Word(suspension.Id));
        WriteMember("since", $"{SuspensionText.Time(suspension.Since)}, by {Visible.Word(suspension.By.ToString())}");
        WriteMember("reason", Visible.Quoted(suspension.Reason));
        if (suspension.Subject is { } subject)
        {
            WriteMember("subject", Visible.Word(subject.ToString()));
        }

        if (suspension.Lifted is { } lifted)
        {
            WriteMember("lifted", $"{SuspensionText.Time(lifted.At)}, by {Visible.Word(lifted.By.ToString())}");
            WriteMember("why", Visible.Quoted(lifted.Reason));
        }
    }

    private void WriteMember(string label, string text) => _terminal.Write($"    {label.PadRight(LabelWidth)}{text}", indent: 4 + LabelWidth);

    private void Write(IReadOnlyList<BudgetCounter> budgets, DateTimeOffset now)
    {
        if (budgets.Count > 0)
        {
            _terminal.Write("Budgets:");
        }

        foreach (BudgetCounter budget in budgets)
        {
            string since = IsOver(budget, now) ? "and that window is over" : $"since {SuspensionText.Time(budget.Began)}";
            _terminal.Write(Invariant($"  - {Visible.Word(budget.Counter)}: {budget.Calls} of {budget.Limit} calls in {budget.Window:c}, {since}"), budget.Calls >= budget.Limit && !IsOver(budget, now) ? Tone.Bad : Tone.Plain);
        }
    }

    private static bool IsOver(BudgetCounter budget, DateTimeOffset now) => now - budget.Began >= budget.Window;

    private static void WriteAll(Utf8JsonWriter json, string name, Suspension[] suspensions)
    {
        json.WriteStartArray(name);
        foreach (Suspension suspension in suspensions)
        {
            json.WriteStartObject();
            SuspensionText.WriteMembers(json, suspension);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBudgets(Utf8JsonWriter json, IReadOnlyList<BudgetCounter> budgets, DateTimeOffset now)
    {
        json.WriteStartArray("budgets");
        foreach (BudgetCounter budget in budgets)
        {
            json.WriteStartObject();
            json.WriteString("counter", budget.Counter);
            json.WriteNumber("calls", budget.Calls);
            json.WriteNumber("limit", budget.Limit);
            json.WriteString("began", budget.Began.UtcDateTime);
            json.WriteString("window", budget.Window.ToString("c", CultureInfo.InvariantCulture));
            json.WriteBoolean("over", IsOver(budget, now));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
