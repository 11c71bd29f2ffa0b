using System.CommandLine;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails resume</c>: lifts a suspension, unless it is the user's own agent that is suspended.</summary>
internal sealed class ResumeCommand : ExplainedCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The suspension's id, which 'suspend' has printed and 'status' shows." };
    private readonly Option<string> _reason = StoreFile.Reason();
    private readonly Option<string> _store = StoreFile.Option();
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public ResumeCommand(Terminal terminal)
        : base("resume", "Lift a suspension. The one for whom the suspended agent acted may not.")
    {
        _terminal = terminal;
        Add(_id);
        Add(_reason);
        Add(_store);
        Add(_json);
        SetAction(RunAsync);
    }

    public override string Example => "guardrails resume 6f1c0e1d5b0a4d0c8f0e2b7f1a9c3d42 --reason \"the loop is repaired\" --store guardrails.db";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "lifted, and on disk"),
        (ExitCode.Refused, "refused: it was lifted before, or this user may not lift it"),
        (ExitCode.Unusable, "wrong usage, an id that the store doesn't have, or a store that can't be opened or written"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_store)!, id = parsed.GetValue(_id)!;
        var lift = new SuspensionLift(OperatingSystemUser.Principal, StoreFile.ReasonOf(parsed.GetValue(_reason)!), TimeProvider.System.GetUtcNow());
        using SqliteGuardrailStore store = StoreFile.Open(path, create: false, cancellationToken);
        bool isLifted = await store.TryLiftAsync(id, lift, cancellationToken).ConfigureAwait(false);
        Suspension suspension = store.Read().FirstOrDefault(s => s.Id == id)
            ?? throw new CommandException($"The store '{path}' has no suspension '{id}', in force or lifted lately. 'guardrails status --store {Visible.Word(path)}' shows those that it has.");
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteBoolean("resumed", isLifted);
                SuspensionText.WriteMembers(json, suspension);
            });
        }
        else if (isLifted)
        {
            _terminal.Write($"RESUMED: {SuspensionText.Of(suspension.Target)}, as {Visible.Word(lift.By.ToString())}.", Tone.Good);
            WriteRest(store);
        }

        if (!isLifted)
        {
            _terminal.WriteError(suspension.Lifted is { } before
                ? $"The suspension '{id}' was lifted before, by {Visible.Word(before.By.ToString())} at {SuspensionText.Time(before.At)}."
                : $"{Visible.Word(lift.By.ToString())} may not lift the suspension '{id}', because the suspended agent acted for that person. Somebody else has to.");
        }

        return isLifted ? ExitCode.Done : ExitCode.Refused;
    }

    // Whoever lifts one of two would wonder why nothing runs.
    private void WriteRest(SqliteGuardrailStore store)
    {
        foreach (Suspension other in store.Read().Where(static s => s.IsInForce))
        {
            _terminal.Write($"Still suspended: {SuspensionText.Of(other.Target)} ({Visible.Word(other.Id)}).");
        }
    }
}
