using ToolGuardrails.ApprovalProcess;

// A process that asks for a call, has it answered and makes it, and is killed at a step.
//   race FOLDER OWN        makes the one call of a folder's store, beside other processes that want to as well
//   SCRIPT FOLDER [STEP]   plays a script in a folder; prints each step and what it was promised
if (args[0] == Race.Name)
{
    await Race.RunAsync(args[1], args[2], Print);
    Print("closed");
    return;
}

string? fatal = args.Length > 2 ? args[2] : null;
await using (ApprovalHost host = ApprovalHost.Open(args[1], new Steps(fatal, static s => Print($"step {s}")), Script.ApproverOf(args[0], Print)))
{
    await new Script(host, Print).PlayAsync(args[0]);
}

Print("closed");

// One write for each line, so that no other thread's line is torn.
static void Print(string line) => Console.Out.WriteLine(line);
