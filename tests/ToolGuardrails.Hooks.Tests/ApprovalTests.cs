using System.Text.Json;

namespace ToolGuardrails.Tests.Hooks;

[Trait("Speed", "slow")]
public sealed class ApprovalTests : IDisposable
{
    private static readonly ApproverIdentity Self = new(new Principal("os", Environment.UserName), []);
    private readonly HookFolder _desk = new(hasStore: true);

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task A_call_waits_for_its_answer_and_lets_other_hooks_have_their_turn()
    {
        Task<HookRun> waiting = Task.Run(() => _desk.RunAsync(HookFolder.Before("Bash", """{"command":"ls"}""")));
        ApprovalRequest request = await _desk.RequestAsync();
        (await _desk.RunAsync(HookFolder.Before("Read", use: "toolu_2"))).Silent();
        await DecideAsync(request.Id, ApprovalResponse.Approve(Self));
        (await waiting).Silent();
        Assert.Equal(2, _desk.Allowed);
        (await _desk.RunAsync(HookFolder.After("Bash", """{"command":"ls"}"""))).Silent();
        Assert.Equal(ApprovalStatus.Finished, (await FindAsync(request.Id)).Status);
    }

    [Fact]
    public async Task A_no_denies_with_its_reason()
    {
        Task<HookRun> waiting = Task.Run(() => _desk.RunAsync(HookFolder.Before("Bash", """{"command":"ls"}""")));
        await DecideAsync((await _desk.RequestAsync()).Id, ApprovalResponse.Reject("not today", Self));
        (await waiting).Denied("PreToolUse", "not today");
        Assert.Equal(0, _desk.Allowed);
    }

    [Fact]
    public async Task Nobodys_answer_within_the_deadline_is_a_no_and_the_same_call_may_come_again()
    {
        (await _desk.RunAsync(HookFolder.Before("Bash", """{"command":"ls"}"""), "--deadline", "00:00:05")).Denied("PreToolUse", "waits for a person's approval");
        await DecideAsync((await _desk.RequestAsync()).Id, ApprovalResponse.Approve(Self));
        Task<HookRun> other = _desk.RunAsync(HookFolder.Before("Bash", """{"command":"ls -a"}""", "toolu_2"), "--deadline", "00:00:05");
        (await other).Denied("PreToolUse", "waits for a person's approval");
        (await _desk.RunAsync(HookFolder.Before("Bash", """{"command":"ls"}""", "toolu_3"))).Silent();
        Assert.Equal(1, _desk.Allowed);
    }

    [Theory]
    [InlineData("default", "ask")]
    [InlineData("acceptEdits", "ask")]
    [InlineData("bypassPermissions", "deny")]
    [InlineData("dontAsk", "deny")]
    [InlineData("auto", "deny")]
    public async Task A_review_is_left_to_claude_codes_prompt_only_where_somebody_is_asked_there(string mode, string decision)
    {
        using var desk = new HookFolder();
        HookRun run = await desk.RunAsync(HookFolder.Before("Bash", more: $",\"permission_mode\":\"{mode}\""), "--approval", "ask");
        Assert.Equal(decision, JsonElement.Parse(run.Out).GetProperty("hookSpecificOutput").GetProperty("permissionDecision").GetString());
        Assert.Equal(decision == "ask" ? (0, 1) : (2, 0), (run.Code, desk.Allowed));
    }

    [Fact]
    public async Task A_call_that_is_left_to_the_prompt_is_never_answered_by_the_hook_itself()
    {
        string[] both = ["--approval", "ask", "--allow"];
        Assert.Contains("\"ask\"", (await _desk.RunAsync(HookFolder.Before("Bash", more: ",\"permission_mode\":\"default\""), both)).Out, StringComparison.Ordinal);
        (await _desk.RunAsync(HookFolder.Event("PermissionRequest", "\"tool_name\":\"Bash\",\"tool_input\":{}"), both)).Silent();
    }

    [Fact]
    public async Task A_deferred_call_goes_on_once_it_is_approved()
    {
        HookRun run = await _desk.RunAsync(HookFolder.Before("Bash"), "--approval", "defer");
        Assert.Equal((0, "defer"), (run.Code, JsonElement.Parse(run.Out).GetProperty("hookSpecificOutput").GetProperty("permissionDecision").GetString()));
        await DecideAsync((await _desk.RequestAsync()).Id, ApprovalResponse.Approve(Self));
        (await _desk.RunAsync(HookFolder.Before("Bash"), "--approval", "defer")).Silent();
        Assert.Equal(1, _desk.Allowed);
    }

    [Fact]
    public async Task A_permission_request_is_about_a_call_that_was_allowed_or_it_is_denied()
    {
        const string asked = "\"tool_name\":\"Read\",\"tool_input\":{\"file_path\":\"/a\"}";
        (await _desk.RunAsync(HookFolder.Event("PermissionRequest", asked))).Denied("PermissionRequest", "has not allowed");
        (await _desk.RunAsync(HookFolder.Before("Read", """{"file_path":"/a"}"""))).Silent();
        (await _desk.RunAsync(HookFolder.Event("PermissionRequest", asked))).Silent();
        (await _desk.RunAsync(HookFolder.Event("PermissionRequest", asked.Replace("/a", "/b", StringComparison.Ordinal)), "--allow")).Denied("PermissionRequest", "has not allowed");
        (await _desk.RunAsync(HookFolder.Event("PermissionRequest", asked, "s-2"), "--allow")).Denied("PermissionRequest", "has not allowed");
        Assert.Equal("{\"hookSpecificOutput\":{\"hookEventName\":\"PermissionRequest\",\"decision\":{\"behavior\":\"allow\"}}}\n", (await _desk.RunAsync(HookFolder.Event("PermissionRequest", asked), "--allow")).Out);
    }

    private async Task<ApprovalCase> FindAsync(string id)
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.Open(_desk.Store);
        return (await new ApprovalInbox(store, store).FindAsync(id))!;
    }

    private async Task DecideAsync(string id, ApprovalResponse response)
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.Open(_desk.Store);
        Assert.True((await new ApprovalInbox(store, store).DecideAsync(id, response))!.IsAccepted);
    }
}
