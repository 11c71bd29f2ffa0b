using System.Text.Json;

namespace ToolGuardrails.Tests.Hooks;

public sealed class AuthorizingTests : IDisposable
{
    private readonly HookFolder _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task What_the_policy_allows_is_recorded_and_left_to_claude_codes_own_rules()
    {
        (await _desk.RunAsync(HookFolder.Before("Read", """{"file_path":"/x"}"""))).Silent();
        JsonElement decision = Assert.Single(_desk.Records("decision"));
        Assert.Equal(("allow", "s-1", "claude-code", "toolu_1"), (Of(decision, "effect"), Of(decision, "session"), Of(decision, "agent"), Of(decision, "tool_use")));
        Assert.Equal($"os|{Environment.UserName}", Of(decision, "subject"));
    }

    [Fact]
    public async Task With_allow_claude_code_is_told_so()
    {
        HookRun run = await _desk.RunAsync(HookFolder.Before("Read"), "--allow");
        Assert.Equal((0, "{\"hookSpecificOutput\":{\"hookEventName\":\"PreToolUse\",\"permissionDecision\":\"allow\"}}\n"), (run.Code, run.Out));
    }

    [Theory]
    [InlineData("read", "{}", "scope.unknown-tool")]
    [InlineData("Write", "{}", "scope.unknown-tool")]
    [InlineData("notes.add", "{}", "scope.unknown-tool")]
    [InlineData("Deploy", "{}", "scope.no-grant")]
    [InlineData("Edit", """{"file_path":"/etc/passwd","new_string":""}""", "scope.no-grant")]
    [InlineData("Edit", """{"file_path":"/work/src/a","new_string":"","replace_all":true}""", "arguments.undeclared")]
    [InlineData("Edit", """{"file_path":"/work/src/a","file_path":"/etc/passwd","new_string":""}""", "arguments.duplicate-name")]
    [InlineData("Read", "[]", "arguments.not-object")]
    [InlineData("Bash", """{"command":"ls"}""", "has no --store")]
    public async Task What_it_does_not_allow_is_denied_and_recorded(string tool, string input, string reason)
    {
        (await _desk.RunAsync(HookFolder.Before(tool, input))).Denied("PreToolUse", reason);
        Assert.Single(_desk.Records("decision"));
        Assert.Equal(0, _desk.Allowed);
    }

    [Theory]
    [InlineData("mcp__notes__add", """{"name":"notes","source":"user"}""", true)]
    [InlineData("mcp__notes__add", """{"name":"notes","source":"managed"}""", true)]
    [InlineData("mcp__notes__add", """{"name":"notes","source":"project"}""", false)]
    [InlineData("mcp__notes__add", """{"name":"notes","source":"local"}""", false)]
    [InlineData("mcp__notes__add", """{"name":"notes"}""", false)]
    [InlineData("mcp__notes__add", "null", false)]
    [InlineData("mcp__notes__add", """{"name":"other","source":"user"}""", false)]
    [InlineData("mcp__notes__Add", """{"name":"notes","source":"user"}""", false)]
    [InlineData("mcp__Notes__add", """{"name":"notes","source":"user"}""", false)]
    [InlineData("mcp__", """{"name":"notes","source":"user"}""", false)]
    public async Task A_servers_tool_is_the_policys_only_where_the_server_is_configured_by_somebody_trusted(string tool, string server, bool isAllowed)
    {
        HookRun run = await _desk.RunAsync(HookFolder.Before(tool, more: $",\"mcp_server\":{server}"));
        Assert.Equal(isAllowed, run.LetsGoOn);
        Assert.Equal(isAllowed ? 1 : 0, _desk.Allowed);
        Assert.Single(_desk.Records("decision"));
    }

    [Fact]
    public async Task Another_source_is_trusted_where_the_command_line_says_so() =>
        (await _desk.RunAsync(HookFolder.Before("mcp__notes__add", more: ",\"mcp_server\":{\"name\":\"notes\",\"source\":\"project\"}"), "--mcp-source", "project")).Silent();

    [Fact]
    public async Task The_agent_is_the_command_lines_and_never_the_events()
    {
        (await _desk.RunAsync(HookFolder.Before("Read", more: ",\"agent\":\"claude-code\",\"agent_type\":\"claude-code\""), "--agent", "nobody")).Denied("PreToolUse", "scope.unknown-agent");
        Assert.Equal("nobody", Of(Assert.Single(_desk.Records("decision")), "agent"));
    }

    [Fact]
    public async Task A_sub_agents_call_is_in_a_session_below()
    {
        (await _desk.RunAsync(HookFolder.Before("Read", more: ",\"agent_id\":\"sub-1\",\"agent_type\":\"explorer\""))).Silent();
        JsonElement decision = Assert.Single(_desk.Records("decision"));
        Assert.Equal("sub-1", Of(decision, "session"));
        Assert.Contains("s-1", decision.GetRawText(), StringComparison.Ordinal);
        (await _desk.RunAsync(HookFolder.After("Read", more: ",\"agent_id\":\"sub-1\""))).Silent();
        Assert.Single(_desk.Records("outcome"));
    }

    [Fact]
    public async Task What_stops_an_agent_ends_its_turn()
    {
        using var stopped = new HookFolder(hasStore: true);
        using (SqliteGuardrailStore store = SqliteGuardrailStore.Open(stopped.Store))
        {
            await ((ISuspensionStore)store).AddAsync(Suspension.Create(SuspensionTarget.All, new Principal("os", "ada"), "an incident", DateTimeOffset.UnixEpoch, subject: null), CancellationToken.None);
        }

        JsonElement json = (await stopped.RunAsync(HookFolder.Before("Read"))).Denied("PreToolUse", "suspension.all");
        Assert.False(json.GetProperty("continue").GetBoolean());
    }

    private static string? Of(JsonElement record, string name) => record.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
