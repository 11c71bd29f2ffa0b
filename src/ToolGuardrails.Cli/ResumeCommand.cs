namespace ToolGuardrails.Cli;

/// <summary><c>guardrails resume</c>: lifts a suspension, unless it is the user's own agent that is suspended.</summary>
internal sealed class ResumeCommand(Terminal terminal)
    : TakeBackCommand("resume", "Lift a suspension. The one for whom the suspended agent acted may not.", "The suspension's id, which 'suspend' has printed and 'status' shows.", terminal)
{
    public override string Example => "guardrails resume 6f1c0e1d5b0a4d0c8f0e2b7f1a9c3d42 --reason \"the loop is repaired\" --store guardrails.db";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "lifted, and on disk"),
        (ExitCode.Refused, "refused: it was lifted before, or this user may not lift it"),
        (ExitCode.Unusable, "wrong usage, an id that the store doesn't have, or a store that can't be opened or written"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    protected override async Task<bool> EndAsync(SqliteGuardrailStore store, string path, string id, string reason, bool asJson, CancellationToken cancellationToken)
    {
        var lift = new SuspensionLift(OperatingSystemUser.Principal, reason, TimeProvider.System.GetUtcNow());
        bool isLifted = await store.TryLiftAsync(id, lift, cancellationToken).ConfigureAwait(false);
        Suspension suspension = store.Read().FirstOrDefault(s => s.Id == id)
            ?? throw new CommandException($"The store '{path}' has no suspension '{id}', in force or lifted lately. 'guardrails status --store {Visible.Word(path)}' shows those that it has.");
        if (asJson)
        {
            JsonOutput.Write(Terminal.Out, json =>
            {
                json.WriteBoolean("resumed", isLifted);
                SuspensionText.WriteMembers(json, suspension);
            });
        }
        else if (isLifted)
        {
            Terminal.Write($"RESUMED: {SuspensionText.Of(suspension.Target)}, as {Visible.Word(lift.By.ToString())}.", Tone.Good);
            WriteRest(store);
        }

        if (!isLifted)
        {
            Terminal.WriteError(suspension.Lifted is { } before
                ? $"The suspension '{id}' was lifted before, by {Visible.Word(before.By.ToString())} at {SuspensionText.Time(before.At)}."
                : $"{Visible.Word(lift.By.ToString())} may not lift the suspension '{id}', because the suspended agent acted for that person. Somebody else has to.");
        }

        return isLifted;
    }

    // Whoever lifts one of two would wonder why nothing runs.
    private void WriteRest(SqliteGuardrailStore store)
    {
        foreach (Suspension other in store.Read().Where(static s => s.IsInForce))
        {
            Terminal.Write($"Still suspended: {SuspensionText.Of(other.Target)} ({Visible.Word(other.Id)}).");
        }
    }
}
