using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ToolGuardrails.ModelContextProtocol.Tests.Kit;

namespace ToolGuardrails.ModelContextProtocol.Tests;

/// <summary>docs/mcp.md, A guarded server: calls and lists of tools.</summary>
public sealed class GuardedServerTests
{
    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task An_allowed_call_runs_with_the_judged_arguments_and_is_recorded_before(string revision)
    {
        Desk? open = null;
        await using Desk desk = open = await Desk.OpenAsync(new()
        {
            Revision = revision,
            Returns = async (_, cancellationToken) =>
            {
                await open!.Sink.WaitForAsync(AuditRecordKind.Decision, cancellationToken: cancellationToken);
                return WrittenTool.Text("found");
            },
        });
        CallToolResult result = await desk.CallAsync("orders_get", """{"id":7}""");

        Assert.Equal("found", Desk.TextOf(result));
        Assert.NotEqual(true, result.IsError);
        Assert.Equal(["""orders_get {"id":7}"""], desk.Ran);
        Assert.Equal([("orders.get", "allow", "desk")], (await desk.DecisionsAsync()).Select(static d => (d.Tool!, d.Effect!, d.Agent!)));
        Assert.Equal("found", Assert.Single(desk.Sink.Records, static r => r.Kind == AuditRecordKind.Outcome).GetString("result"));
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task A_denied_call_is_an_error_result_that_the_model_can_read(string revision)
    {
        await using Desk desk = await Desk.OpenAsync(new() { Revision = revision });
        CallToolResult result = await desk.CallAsync("refunds_create", """{"order":1,"amount":2000}""");

        Assert.True(result.IsError);
        Assert.Contains(DecisionCodes.ScopeNoGrant, Desk.TextOf(result), StringComparison.Ordinal);
        Assert.Empty(desk.Ran);
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task What_is_out_of_scope_is_listed_no_more_than_what_isnt_there(string revision)
    {
        await using Desk desk = await Desk.OpenAsync(new() { Revision = revision });
        IList<McpClientTool> tools = await desk.Client.ListToolsAsync();
        Assert.Equal(["customers_get", "orders_get", "orders_note", "prices_set", "refunds_create"], tools.Select(static t => t.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Desk.Newest, "orders_secret")]
    [InlineData(Desk.Newest, "not_in_policy")]
    [InlineData(Desk.Newest, "nowhere")]
    [InlineData(Desk.Newest, "orders.get")]
    [InlineData(Desk.Newest, "resources/read")]
    [InlineData(Desk.Older, "orders_secret")]
    [InlineData(Desk.Older, "nowhere")]
    public async Task What_is_out_of_scope_is_answered_like_what_isnt_there_and_recorded(string revision, string name)
    {
        await using Desk desk = await Desk.OpenAsync(new() { Revision = revision });
        var hidden = await Assert.ThrowsAsync<McpProtocolException>(() => desk.CallAsync(name));

        Assert.Equal((McpErrorCode.InvalidParams, $"Request failed (remote): Unknown tool: '{name}'"), (hidden.ErrorCode, hidden.Message));
        Assert.Empty(desk.Ran);
        Assert.Equal("deny", Assert.Single(await desk.DecisionsAsync()).Effect);
    }

    // The same message and code as a server without guardrails.
    [Fact]
    public async Task An_unguarded_server_answers_what_isnt_there_in_the_same_way()
    {
        await using Desk desk = await Desk.OpenAsync(new() { Guard = static _ => { } });
        var unknown = await Assert.ThrowsAsync<McpProtocolException>(() => desk.CallAsync("nowhere"));
        Assert.Equal((McpErrorCode.InvalidParams, "Request failed (remote): Unknown tool: 'nowhere'"), (unknown.ErrorCode, unknown.Message));
    }
}
