namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>One fault at one operation, and all that follows: the next process, a power cut behind it, and a last process.</summary>
/// <param name="At">The operation's number.</param>
/// <param name="Fault">What happens there.</param>
/// <param name="Seed">What partial effects and power cuts are drawn from.</param>
internal sealed record CrashRun(int At, DiskFault Fault, int Seed)
{
    /// <summary>What a log may throw at its caller when the disk is to blame.</summary>
    private static readonly Type[] Honest = [typeof(IOException), typeof(DirectoryNotFoundException), typeof(UnauthorizedAccessException), typeof(ProcessDiedException)];

    /// <summary>Whether the disk's syncs do nothing, for a negative control.</summary>
    public bool IgnoresSyncs { get; init; }

    /// <summary>How the first life writes, for a negative control.</summary>
    public Func<AuditLog, AuditBatch, ValueTask>? WriteInstead { get; init; }

    public override string ToString() => $"{Fault} at {At} (seed {Seed})";

    /// <summary>Runs it, and returns every broken promise.</summary>
    public async Task<List<string>> ProblemsAsync()
    {
        using var story = new LogStory(Seed);
        story.Disk.IgnoresSyncs = IgnoresSyncs;
        await story.LiveAsync(CrashWorkload.Steps, s => s.Number == At ? Fault : DiskFault.None, () => story.NewLife(WriteInstead));
        List<string> problems = [.. story.Errors.Where(static e => !Honest.Contains(e.Error.GetType())).Select(static e => $"{e.Step} threw {e.Error}")];
        story.Restart();
        await AddAsync(problems, story, "after the fault");
        story.CutPower(Seed);
        await AddAsync(problems, story, "after a power cut behind the next process");
        if (At % 3 == 0)
        {
            problems.AddRange((await story.VerifyAsync()).Select(p => $"{this}, the verifier: {p}"));
        }

        return problems;
    }

    private async Task AddAsync(List<string> problems, LogStory story, string when)
    {
        await story.LiveAsync(CrashWorkload.Afterwards);
        problems.AddRange(story.Errors.Select(e => $"{this}, {when}: {e.Step} threw {e.Error.GetType().Name}: {e.Error.Message}"));
        problems.AddRange(story.Problems().Select(p => $"{this}, {when}: {p}"));
        if (story.Disk.OpenHandles > 0)
        {
            problems.Add($"{this}, {when}: {story.Disk.OpenHandles} handles are open behind the end.");
        }
    }
}
