using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ToolGuardrails.Tests.Hooks;

/// <summary>The real process: whatever happens to it, it says no, or a decision that allows is in the log.</summary>
[Trait("Speed", "slow")]
public sealed partial class ProcessTests : IDisposable
{
    private readonly HookFolder _desk = new();

    public void Dispose() => _desk.Dispose();

    public static TheoryData<string, string, string> Unusable => new()
    {
        { "", "PreToolUse", "JSON" },
        { "nonsense", "PreToolUse", "JSON" },
        { "{", "PreToolUse", "JSON" },
        { "[]", "PreToolUse", "isn't a JSON object" },
        { "{}", "PreToolUse", "hook_event_name" },
        { "\ufeff" + HookFolder.Before("Read"), "PreToolUse", "JSON" },
        { HookFolder.Before("Read") + HookFolder.Before("Read"), "PreToolUse", "JSON" },
        { HookFolder.Event("SessionStart", ""), "PreToolUse", "doesn't serve" },
        { HookFolder.Event("pretooluse", "\"tool_name\":\"Read\",\"tool_input\":{},\"tool_use_id\":\"t\""), "PreToolUse", "doesn't serve" },
        { HookFolder.Event("PreToolUse", "\"tool_input\":{},\"tool_use_id\":\"t\""), "PreToolUse", "tool_name" },
        { HookFolder.Event("PreToolUse", "\"tool_name\":\"Read\",\"tool_use_id\":\"t\""), "PreToolUse", "tool_input" },
        { HookFolder.Event("PreToolUse", "\"tool_name\":\"Read\",\"tool_input\":{}"), "PreToolUse", "tool_use_id" },
        { HookFolder.Before("Read", more: ",\"tool_name\":\"Bash\""), "PreToolUse", "twice" },
        { HookFolder.Before("Read", session: ""), "PreToolUse", "session_id" },
        { HookFolder.Before("Read", session: new string('s', 300)), "PreToolUse", "at most 256" },
        { HookFolder.Event("UserPromptSubmit", ""), "PreToolUse", "prompt" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task An_event_that_cannot_be_judged_is_denied(string told, string name, string reason) =>
        (await RunAsync(told)).Denied(name, reason);

    [Theory]
    [InlineData("PreToolUse", "\"tool_name\":\"Nothing\",\"tool_input\":{},\"tool_use_id\":\"t\"", "scope.unknown-tool")]
    [InlineData("PostToolUse", "\"tool_name\":\"Read\",\"tool_input\":{},\"tool_use_id\":\"t\"", "has not allowed it")]
    [InlineData("PostToolUseFailure", "\"tool_name\":\"Read\",\"tool_input\":{},\"tool_use_id\":\"t\"", "has not allowed it")]
    [InlineData("PermissionRequest", "\"tool_name\":\"Read\",\"tool_input\":{}", "has not allowed")]
    public async Task Each_event_is_denied_in_its_own_form(string name, string members, string reason) =>
        (await RunAsync(HookFolder.Event(name, members))).Denied(name, reason);

    [Theory]
    [InlineData("PreToolUse", "\"tool_name\":\"Read\",\"tool_input\":{},\"tool_use_id\":\"t\"")]
    [InlineData("PostToolUse", "\"tool_name\":\"Read\",\"tool_input\":{},\"tool_use_id\":\"t\"")]
    [InlineData("PermissionRequest", "\"tool_name\":\"Read\",\"tool_input\":{}")]
    [InlineData("UserPromptSubmit", "\"prompt\":\"Fix it.\"")]
    [InlineData("Stop", "\"stop_hook_active\":false")]
    public async Task Each_event_is_denied_while_somebody_else_has_the_log(string name, string members)
    {
        await _desk.RunAsync(HookFolder.Before("Read"));
        await using FileStream held = new(Path.Combine(_desk.Audit, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        (await RunAsync(HookFolder.Event(name, members), "--deadline", "00:00:02")).Denied(name, "can't be governed now");
    }

    [Fact]
    public async Task A_failure_keeps_an_agent_from_stopping_once_and_not_for_ever()
    {
        File.WriteAllText(_desk.Policy, "{");
        HookRun run = await RunAsync(HookFolder.Event("Stop", "\"stop_hook_active\":true"));
        Assert.Equal(0, run.Code);
        Assert.StartsWith("{\"continue\":false,", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("no-policy")]
    [InlineData("audit")]
    [InlineData("store")]
    [InlineData("usage")]
    [InlineData("deadline")]
    public async Task What_the_hook_needs_and_does_not_have_denies(string broken)
    {
        string[] more = [];
        switch (broken)
        {
            case "policy":
                File.WriteAllText(_desk.Policy, """{ "version": 1, "name": "x", "grants": [] }""");
                break;
            case "no-policy":
                File.Delete(_desk.Policy);
                break;
            case "audit":
                File.WriteAllText(_desk.Audit, "");
                break;
            case "store":
                more = ["--store", _desk.Path("nowhere.db")];
                break;
            case "usage":
                more = ["--no-such-option"];
                break;
            default:
                more = ["--deadline", "soon"];
                break;
        }

        HookRun run = await RunAsync(HookFolder.Before("Read"), more);
        run.Denied("PreToolUse", "the answer is no");
        Assert.DoesNotContain("defect", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_never_ends_is_denied_when_the_deadline_is_over()
    {
        using Process process = _desk.Start("--deadline", "00:00:01");
        (await HookRun.OfAsync(process)).Denied("PreToolUse", "no answer after");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(2)]
    public async Task A_hook_that_is_told_to_end_denies(int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // There are no such signals.
        }

        using var desk = new HookFolder(hasStore: true);
        using Process process = desk.Start();
        await process.StandardInput.WriteAsync(HookFolder.Before("Bash"));
        process.StandardInput.Close();
        await desk.RequestAsync();
        Assert.Equal(0, Kill(process.Id, signal));
        (await HookRun.OfAsync(process)).Denied("PreToolUse", "told to end");
    }

    [Fact]
    public async Task A_hook_whose_listener_is_gone_still_ends_with_2()
    {
        using Process process = _desk.Start();
        process.StandardOutput.Close();
        process.StandardError.Close();
        await process.StandardInput.WriteAsync(HookFolder.Before("Nothing"));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(2, process.ExitCode);
    }

    [Fact]
    public async Task A_long_reason_fits_into_one_write()
    {
        HookRun run = await RunAsync(HookFolder.Before(string.Concat(Enumerable.Repeat("ö", 5000))));
        run.Denied("PreToolUse", "ö");
    }

    [Fact]
    public async Task Sixteen_at_once_on_one_log_and_one_store_all_get_their_right_answer()
    {
        using var desk = new HookFolder(hasStore: true);
        Process[] processes = [.. Enumerable.Range(0, 16).Select(_ => desk.Start())];
        HookRun[] runs = await Task.WhenAll(processes.Select((p, i) => HookRun.OfAsync(p, HookFolder.Before(i % 2 == 0 ? "Read" : "Deploy", use: $"toolu_{i}"))));
        for (int i = 0; i < runs.Length; i += 2)
        {
            runs[i].Silent();
            runs[i + 1].Denied("PreToolUse", "scope.no-grant");
        }

        Assert.Equal(16, desk.Records("decision").Count);
        Assert.Equal(8, desk.Allowed);
        Assert.Equal(16, desk.Records("decision").Select(static r => r.GetProperty("tool_use").GetString()).Distinct().Count());
        foreach (Process process in processes)
        {
            process.Dispose();
        }
    }

    [Fact]
    public async Task A_kill_at_any_moment_never_lets_a_denied_call_through_and_an_allowed_one_only_with_its_record()
    {
        // Moments spread over a whole run, and some behind its end.
        var whole = Stopwatch.StartNew();
        (await RunAsync(HookFolder.Before("Read", use: "whole"))).Silent();
        TimeSpan one = whole.Elapsed;
        for (int i = 0; i < 8; i++)
        {
            string tool = i % 2 == 0 ? "Read" : "Deploy", use = $"killed_{i}";
            using Process process = _desk.Start();
            Task<HookRun> running = HookRun.OfAsync(process, HookFolder.Before(tool, use: use));
            await Task.WhenAny(running, Task.Delay(one * i / 6));
            process.Kill();
            HookRun run = await running;

            // A killed process has no exit code 0, and onFailure: "block" makes that a no; half a denial it never leaves.
            Assert.True(run.Bytes.Length == 0 || run.Bytes[^1] == (byte)'\n', run.Out);
            Assert.True(!run.LetsGoOn || (tool == "Read" && _desk.Records("decision").Any(r => r.GetProperty("tool_use").GetString() == use && r.GetProperty("effect").GetString() == "allow")), $"{i}: {run}");
        }

        // What was killed has left nothing that keeps the next one from its answer.
        (await RunAsync(HookFolder.Before("Read", use: "last"))).Silent();
        Assert.Equal([], (await AuditLogVerifier.VerifyAsync(_desk.Audit)).Damage);
    }

    private async Task<HookRun> RunAsync(string told, params string[] more)
    {
        using Process process = _desk.Start(more);
        return await HookRun.OfAsync(process, told);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
