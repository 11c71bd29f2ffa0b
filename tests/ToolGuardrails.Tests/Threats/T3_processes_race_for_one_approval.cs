using System.Diagnostics;
using ToolGuardrails.ApprovalProcess;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Real processes on one SQLite store that all want to make the call of one approval.</summary>
[Trait("Speed", "slow")]
public sealed class T3_processes_race_for_one_approval : IDisposable
{
    private const int Processes = 4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_tool_has_one_effect_and_one_call_is_allowed()
    {
        string folder = _folder.Path;
        await ApproveAsync(folder);

        string[] lines = await RaceAsync(folder);

        Assert.Equal([Script.Note.ToCanonicalJson()], ApprovalHost.EffectsIn(folder));
        Assert.Equal(Processes, lines.Count(static l => l == "closed"));
        string[] codes = [.. lines.Where(static l => l.StartsWith("ended ", StringComparison.Ordinal)).Select(static l => l["ended ".Length..])];
        Assert.Equal(Processes * Race.AtOnce, codes.Length);
        Assert.Single(codes, DecisionCodes.Allowed);
        Assert.All(codes.Where(static c => c != DecisionCodes.Allowed), static c => Assert.Contains(c, (string[])[DecisionCodes.ApprovalUsed, DecisionCodes.ApprovalOutcomeUnknown]));
    }

    private static async Task ApproveAsync(string folder)
    {
        await using ApprovalHost host = ApprovalHost.Open(folder, Steps.None);
        string id = (await host.Session().InvokeAsync("notes.write", Script.Note, host.RunAsync)).PendingApproval!.Id;
        Assert.True((await host.Pipeline.Approvals.DecideAsync(id, ApprovalResponse.Approve(new ApproverIdentity(ApprovalHost.Dana))))!.IsAccepted);
    }

    // None of them begins before all are ready.
    private static async Task<string[]> RaceAsync(string folder)
    {
        Process[] racing = [.. Enumerable.Range(0, Processes).Select(i => Start(folder, Path.Combine(folder, $"own-{i}")))];
        try
        {
            foreach (Process process in racing)
            {
                Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
            }

            Array.ForEach(racing, static p => p.StandardInput.WriteLine("go"));
            string[] printed = await Task.WhenAll(racing.Select(static p => p.StandardOutput.ReadToEndAsync()));
            return [.. printed.SelectMany(static p => p.Split('\n'))];
        }
        finally
        {
            Array.ForEach(racing, End);
        }
    }

    private static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static Process Start(string folder, string ownFolder)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.ApprovalProcess.dll");
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", program, Race.Name, folder, ownFolder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }
}
