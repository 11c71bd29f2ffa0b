using ToolGuardrails.ApprovalProcess;
using ToolGuardrails.Tests.Approving;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Threats;

/// <summary>kill -9 before and after each operation of the store, each record and the tool's effect: nothing runs twice, nothing that was promised is lost, and what nobody can know is called unknown.</summary>
[Trait("Speed", "slow")]
public sealed class T40_a_crash_at_each_step(ITestOutputHelper output) : IDisposable
{
    private static readonly bool Twice = Environment.GetEnvironmentVariable("TOOLGUARDRAILS_KILL_TWICE") == "1";

    private readonly TemporaryFolder _folder = new();
    private int _folders;

    public static TheoryData<string> Scripts => [.. Script.All];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Whatever_the_step_the_effect_happens_at_most_once_and_nothing_is_lost(string script)
    {
        ApprovalProcessRun whole = await ApprovalProcessRun.ToEndAsync(script, NewFolder());
        Assert.True(whole.HasClosed, whole.ToString());
        string[] steps = whole.Steps;
        Assert.InRange(steps.Length, 20, 200);
        Assert.Equal(steps.Length, steps.Distinct().Count());
        int[] kills = new int[3];

        await Parallel.ForEachAsync(steps, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (step, _) =>
        {
            string folder = NewFolder();
            ApprovalProcessRun killed = await ApprovalProcessRun.ToEndAsync(script, folder, step);
            Assert.False(killed.HasClosed, $"The process survived {step}.");
            Assert.Contains(step, killed.Steps);
            if (Twice)
            {
                Interlocked.Add(ref kills[2], await KillAgainAsync(folder, killed, $"{script} killed at {step}"));
            }

            bool wasUnknown = await GoOnAsync(folder, killed, $"{script} killed at {step}");
            Interlocked.Increment(ref kills[wasUnknown ? 1 : 0]);
        });

        output.WriteLine($"{script}: {kills.Sum()} kills, after {kills[1]} of which nobody can know what came of the call");
        Assert.Equal(steps.Length, kills[0] + kills[1]);
        Assert.True(kills[1] > 0 || whole.Ended == DecisionCodes.ApprovalRejected);
    }

    // The process that goes on is killed too, at each of its own steps.
    private async Task<int> KillAgainAsync(string folder, ApprovalProcessRun killed, string when)
    {
        string[] steps = (await ApprovalProcessRun.ToEndAsync(Script.GoOn, CopyOf(folder))).Steps;
        foreach (string step in steps)
        {
            string copy = CopyOf(folder);
            Assert.False((await ApprovalProcessRun.ToEndAsync(Script.GoOn, copy, step)).HasClosed);
            await GoOnAsync(copy, killed, $"{when}, and again at {step}");
            Directory.Delete(copy, recursive: true);
        }

        return steps.Length;
    }

    // Opens what was left, as the host does that is started again, and resumes all there is, twice.
    private static async Task<bool> GoOnAsync(string folder, ApprovalProcessRun killed, string when)
    {
        int effects = ApprovalHost.EffectsIn(folder).Length;
        bool wasUnknown;
        await using (ApprovalHost host = ApprovalHost.Open(folder, Steps.None))
        {
            IReadOnlyList<ApprovalCase> left = await host.Pipeline.Approvals.ReadAsync(openOnly: false);
            Assert.All(killed.Asked, id => Assert.Contains(left, c => c.Request.Id == id));
            Assert.All(killed.Answered.CountBy(static id => id), a => Assert.InRange(left.Single(c => c.Request.Id == a.Key).Decisions.Count, a.Value, a.Value + 1));
            Assert.True(effects == 0 || left.Any(static c => c.Status is ApprovalStatus.Started or ApprovalStatus.Finished), $"{when}: the tool ran, and no approval was used");
            wasUnknown = left.Any(static c => c.Status == ApprovalStatus.Started);
            foreach (ApprovalCase waiting in left)
            {
                ToolOutcome<string> outcome = await host.Pipeline.ResumeAsync(waiting.Request.Id, host.RunAsync);
                Assert.True(ExpectedOf(waiting).Contains(outcome.HasValue ? "ran" : outcome.Decision.Code), $"{when}: {waiting.Status} led to {outcome.Decision.Code}");
                Assert.Equal(outcome.HasValue, outcome.Executed);
                effects += outcome.HasValue ? 1 : 0;
                Assert.False((await host.Pipeline.ResumeAsync(waiting.Request.Id, host.RunAsync)).Executed, $"{when}: it ran again");
            }
        }

        Assert.Equal(effects, ApprovalHost.EffectsIn(folder).Length);
        Assert.InRange(effects, 0, 1);
        AuditLogReport report = await AuditLogVerifier.VerifyAsync(ApprovalHost.LogOf(folder));
        Assert.True(report.IsIntact, $"{when}: {report.ToText()}");
        AssertRecorded(folder, effects, when);
        return wasUnknown;
    }

    // An approval that wasn't used is good for one call; one that was is good for none, and says whether anybody knows what came of it.
    private static string[] ExpectedOf(ApprovalCase left) => left.Status switch
    {
        ApprovalStatus.Pending => [DecisionCodes.ApprovalRequired],
        ApprovalStatus.Approved => ["ran"],
        ApprovalStatus.Edited => left.Request.Gate == ApprovalGate.Review ? ["ran"] : [DecisionCodes.ApprovalRequired],
        ApprovalStatus.Started => [DecisionCodes.ApprovalOutcomeUnknown],
        ApprovalStatus.Finished => [DecisionCodes.ApprovalUsed],
        _ => [DecisionCodes.ApprovalRejected],
    };

    // Law 6: what ran had its decision recorded before.
    private static void AssertRecorded(string folder, int effects, string when)
    {
        using AuditLogReader reader = AuditLogReader.Open(ApprovalHost.LogOf(folder));
        AuditRecord[] decisions = [.. reader.Read().Select(static e => e.Record).Where(static r => r.Kind == AuditRecordKind.Decision)];
        Assert.Equal(decisions.Length, decisions.DistinctBy(static d => d.CallId).Count());
        Assert.True(decisions.Count(static d => d.Effect == "allow") >= effects, $"{when}: the tool ran without a decision record");
    }

    private string CopyOf(string folder)
    {
        string copy = NewFolder();
        foreach (DirectoryInfo below in new DirectoryInfo(folder).EnumerateDirectories("*", SearchOption.AllDirectories))
        {
            DirectoryInfo made = Directory.CreateDirectory(Path.Combine(copy, Path.GetRelativePath(folder, below.FullName)));
            if (!OperatingSystem.IsWindows())
            {
                made.UnixFileMode = below.UnixFileMode; // A key that others could reach isn't used.
            }
        }

        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(copy, Path.GetRelativePath(folder, file)));
        }

        return copy;
    }

    private string NewFolder() => Directory.CreateDirectory(_folder.Combine($"{Interlocked.Increment(ref _folders)}")).FullName;
}
