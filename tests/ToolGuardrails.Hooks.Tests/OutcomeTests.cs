using System.Text.Json;

namespace ToolGuardrails.Tests.Hooks;

/// <summary>What other processes tell of a session: its prompt, what came of its calls, its end.</summary>
public sealed class OutcomeTests : IDisposable
{
    private readonly HookFolder _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task An_outcome_is_joined_to_its_decision()
    {
        (await _desk.RunAsync(HookFolder.Before("Read"))).Silent();
        (await _desk.RunAsync(HookFolder.After("Read", response: """{"content":"hello"}"""))).Silent();
        JsonElement decision = Assert.Single(_desk.Records("decision")), outcome = Assert.Single(_desk.Records("outcome"));
        Assert.Equal(decision.GetProperty("call").GetString(), outcome.GetProperty("call").GetString());
        Assert.Equal("succeeded", outcome.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_failure_is_recorded_without_what_the_tool_says_of_it()
    {
        (await _desk.RunAsync(HookFolder.Before("Read"))).Silent();
        (await _desk.RunAsync(HookFolder.Event("PostToolUseFailure", "\"tool_name\":\"Read\",\"tool_input\":{},\"tool_use_id\":\"toolu_1\",\"error\":\"secret\""))).Silent();
        JsonElement outcome = Assert.Single(_desk.Records("outcome"));
        Assert.Equal("failed", outcome.GetProperty("status").GetString());
        Assert.DoesNotContain("secret", outcome.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_ran_without_being_allowed_is_told()
    {
        (await _desk.RunAsync(HookFolder.After("Read"))).Denied("PostToolUse", "has not allowed it");
        (await _desk.RunAsync(HookFolder.Before("Read"))).Silent();
        (await _desk.RunAsync(HookFolder.After("Read", session: "s-2"))).Denied("PostToolUse", "has not allowed it");
        (await _desk.RunAsync(HookFolder.After("Read", use: "toolu_2"))).Denied("PostToolUse", "has not allowed it");
        (await _desk.RunAsync(HookFolder.After("Read"), "--agent", "careful")).Denied("PostToolUse", "has not allowed it");
        (await _desk.RunAsync(HookFolder.After("Read"))).Silent();
        (await _desk.RunAsync(HookFolder.After("Read"))).Denied("PostToolUse", "has not allowed it");
        Assert.Single(_desk.Records("outcome"));
    }

    [Fact]
    public async Task Arguments_that_changed_behind_the_hooks_back_are_told_and_the_result_is_kept_from_the_model()
    {
        (await _desk.RunAsync(HookFolder.Before("Read", """{"file_path":"/a"}"""))).Silent();
        JsonElement json = (await _desk.RunAsync(HookFolder.After("Read", """{"file_path":"/etc/shadow"}""", response: "\"root:x\""))).Denied("PostToolUse", "other arguments");
        Assert.Contains("other arguments", json.GetProperty("hookSpecificOutput").GetProperty("updatedToolOutput").GetString(), StringComparison.Ordinal);
        Assert.Equal("arguments.changed", Assert.Single(_desk.Records("outcome")).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Only_the_fields_that_the_policy_passes_reach_the_model()
    {
        (await _desk.RunAsync(HookFolder.Before("Search"))).Silent();
        HookRun run = await _desk.RunAsync(HookFolder.After("Search", response: """{"title":"a","body":"b"}"""));
        Assert.Equal((0, "{\"hookSpecificOutput\":{\"hookEventName\":\"PostToolUse\",\"updatedToolOutput\":{\"title\":\"a\"}}}\n"), (run.Code, run.Out));
    }

    [Fact]
    public async Task A_call_of_which_nothing_is_heard_has_an_unknown_outcome_when_the_turn_ends()
    {
        (await _desk.RunAsync(HookFolder.Before("Read"))).Silent();
        (await _desk.RunAsync(HookFolder.Before("Read", use: "toolu_2", session: "s-2"))).Silent();
        (await _desk.RunAsync(HookFolder.Event("Stop", "\"stop_hook_active\":false,\"last_assistant_message\":\"I read it.\""))).Silent();
        Assert.Equal("unknown", Assert.Single(_desk.Records("outcome")).GetProperty("status").GetString());
        Assert.Equal("I read it.", Assert.Single(_desk.Records("output")).GetProperty("text").GetString());
        (await _desk.RunAsync(HookFolder.After("Read"))).Denied("PostToolUse", "has not allowed it");
        (await _desk.RunAsync(HookFolder.After("Read", use: "toolu_2", session: "s-2"))).Silent();
    }

    [Fact]
    public async Task A_prompt_that_another_process_recorded_counts_for_its_session_alone()
    {
        string[] careful = ["--agent", "careful"];
        (await _desk.RunAsync(HookFolder.Before("Read"), careful)).Denied("PreToolUse", "prompt.missing");
        (await _desk.RunAsync(HookFolder.Event("UserPromptSubmit", "\"prompt\":\"Fix the build.\""), careful)).Silent();
        Assert.Equal("Fix the build.", Assert.Single(_desk.Records("prompt")).GetProperty("text").GetString());
        (await _desk.RunAsync(HookFolder.Before("Read"), careful)).Silent();
        (await _desk.RunAsync(HookFolder.Before("Read", more: ",\"agent_id\":\"sub-1\""), careful)).Silent();
        (await _desk.RunAsync(HookFolder.Before("Read", session: "s-2"), careful)).Denied("PreToolUse", "prompt.missing");
    }

    [Fact]
    public async Task What_is_kept_between_processes_is_for_its_owner_alone()
    {
        (await _desk.RunAsync(HookFolder.Before("Read"))).Silent();
        string[] kept = Directory.GetFiles(_desk.Audit + ".calls", "*", SearchOption.AllDirectories);
        Assert.Single(kept);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in (string[])[.. kept, _desk.Audit + ".calls"])
            {
                Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
            }

            File.SetUnixFileMode(_desk.Audit + ".calls", (UnixFileMode)0b111_101_101);
            (await _desk.RunAsync(HookFolder.Before("Read"))).Denied("PreToolUse", "chmod 700");
        }
    }
}
