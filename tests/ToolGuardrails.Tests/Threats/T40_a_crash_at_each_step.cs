using System.Collections.Concurrent;
using ToolGuardrails.ApprovalProcess;
using ToolGuardrails.Tests.Approving;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Threats;

/// <summary>kill -9 before and after each operation of the store, each record and the tool's effect: nothing runs twice, nothing that was promised is lost, and what nobody can know is called unknown.</summary>
[Trait("Speed", "slow")]
public sealed class T40_a_crash_at_each_step(ITestOutputHelper output) : IDisposable
{
    private const int FewestSteps = 10;

    private static readonly bool Twice = Environment.GetEnvironmentVariable("TOOLGUARDRAILS_KILL_TWICE") == "1";

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _unrecorded = new(StringComparer.Ordinal);
    private int _folders;

    public static TheoryData<string> Scripts => [.. Script.All, .. Script.OfGrants];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Whatever_the_step_the_effect_happens_at_most_once_and_nothing_is_lost(string script)
    {
        ApprovalProcessRun whole = await ApprovalProcessRun.ToEndAsync(script, NewFolder());
        Assert.True(whole.HasClosed, whole.ToString());
        string[] steps = whole.Steps;
        Assert.Equal(steps.Length, steps.Distinct().Count());
        steps = [.. steps.Where(s => !IsLook(s))];
        Assert.InRange(steps.Length, FewestSteps, 200);
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

        output.WriteLine($"{script}: {kills.Sum()} kills, after {kills[1]} of which nobody can know what came of the call; not in the log: {string.Join(", ", _unrecorded.Select(static u => $"{u.Value} {u.Key}"))}");
        Assert.Equal(steps.Length, kills[0] + kills[1]);
        Assert.True(kills[1] > 0 || script is "calls-rejected" or "elevated" or "revoked" or "expired");
    }

    [Fact]
    public void All_scripts_together_are_killed_a_hundred_times_and_more() => Assert.InRange((Script.All.Length + Script.OfGrants.Length) * FewestSteps, 100, int.MaxValue);

    // A look leaves nothing behind: before and after it there is what was there after the step before.
    private static bool IsLook(string step) => step.Contains("-find", StringComparison.Ordinal) || step.Contains("-read", StringComparison.Ordinal);

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
    private async Task<bool> GoOnAsync(string folder, ApprovalProcessRun killed, string when)
    {
        int effects = ApprovalHost.EffectsIn(folder).Length;
        bool wasUnknown;
        await using (ApprovalHost host = ApprovalHost.Open(folder, Steps.None))
        {
            var left = new WhatIsLeft(host, when);
            wasUnknown = await left.ReadAsync(killed, effects);
            effects += await left.ResumeAllAsync();
            effects += await left.UseUpAsync();
            Assert.InRange(effects, 0, await left.MostEffectsAsync());
        }

        Assert.Equal(effects, ApprovalHost.EffectsIn(folder).Length);
        AuditLogReport report = await AuditLogVerifier.VerifyAsync(ApprovalHost.LogOf(folder));
        Assert.True(report.IsIntact, $"{when}: {report.ToText()}");
        LogThatIsLeft log = LogThatIsLeft.Read(folder);
        log.AssertDecided(effects, when);
        Count(killed, log);
        return wasUnknown;
    }

    // What was acknowledged and is in the store, but was in memory on its way to the log (docs/approvals.md).
    private void Count(ApprovalProcessRun killed, LogThatIsLeft log)
    {
        foreach (string unrecorded in log.Unrecorded(killed))
        {
            _unrecorded.AddOrUpdate(unrecorded, 1, static (_, n) => n + 1);
        }
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
