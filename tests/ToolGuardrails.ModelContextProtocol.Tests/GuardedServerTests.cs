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

    [Fact]
    public async Task A_page_keeps_its_cursor_and_is_for_this_session_only()
    {
        await using Desk desk = await Desk.OpenAsync(new()
        {
            IsRaw = true,
            Server = static o => o.Handlers.ListToolsHandler = static (request, _) => new(request.Params.Cursor is null
                ? new ListToolsResult { Tools = [WrittenTool.Declare("nowhere")], NextCursor = "2", CacheScope = CacheScope.Public }
                : new ListToolsResult { Tools = [WrittenTool.Declare("orders_secret"), WrittenTool.Declare("orders_get")] }),
            Tools = [],
        });
        System.Text.Json.Nodes.JsonNode first = (await desk.Raw.RequestAsync("tools/list", "{}"))["result"]!;
        System.Text.Json.Nodes.JsonNode second = (await desk.Raw.RequestAsync("tools/list", """{"cursor":"2"}"""))["result"]!;
        Assert.Equal((0, "2", "private"), (first["tools"]!.AsArray().Count, first["nextCursor"]!.GetValue<string>(), first["cacheScope"]!.GetValue<string>()));
        Assert.Equal("orders_get", Assert.Single(second["tools"]!.AsArray())!["name"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"id":7,"id":8}""", DecisionCodes.ArgumentsDuplicateName)]
    [InlineData("""{"id":7,"\u0069d":8}""", DecisionCodes.ArgumentsDuplicateName)]
    [InlineData("""{"id":7,"ID":8}""", DecisionCodes.ArgumentsDuplicateName)]
    [InlineData("""{"id":7,"more":1}""", DecisionCodes.ArgumentsUndeclared)]
    [InlineData("""{}""", DecisionCodes.ArgumentsMissing)]
    [InlineData("null", DecisionCodes.ArgumentsMissing)]
    public async Task Arguments_are_read_from_the_message_itself(string arguments, string code)
    {
        foreach (string revision in (string[])[Desk.Newest, Desk.Older])
        {
            await using Desk desk = await Desk.OpenAsync(new() { Revision = revision, IsRaw = true });
            await desk.Raw.CallAsync("orders_get", arguments);
            Assert.Empty(desk.Ran);
            Assert.Equal([code], (await desk.DecisionsAsync()).Select(static d => d.Code));
        }
    }

    [Theory]
    [InlineData("""{"name":"orders_get","arguments":{"id":7},"arguments":{"id":8}}""")]
    [InlineData("""{"name":"orders_get","name":"orders_secret","arguments":{"id":7}}""")]
    [InlineData("""{"name":"orders_get","Name":"orders_secret","arguments":{"id":7}}""")]
    [InlineData("""{"name":"orders_get","Arguments":{"id":7}}""")]
    [InlineData("""{"name":null,"arguments":{"id":7}}""")]
    [InlineData("""{"arguments":{"id":7}}""")]
    public async Task A_message_that_can_be_read_in_two_ways_runs_at_most_what_was_judged(string call)
    {
        foreach (string revision in (string[])[Desk.Newest, Desk.Older])
        {
            await using Desk desk = await Desk.OpenAsync(new() { Revision = revision, IsRaw = true });
            await desk.Raw.RequestAsync("tools/call", call);
            Assert.Equal((await desk.DecisionsAsync()).Where(static d => d.Effect == "allow").Select(static d => $"orders_get {d.ToJson().GetProperty("args").GetRawText()}"), desk.Ran);
        }
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("\"x\"")]
    [InlineData("7")]
    public async Task Arguments_that_are_no_object_reach_nothing(string arguments)
    {
        await using Desk desk = await Desk.OpenAsync(new() { IsRaw = true });
        System.Text.Json.Nodes.JsonNode response = await desk.Raw.CallAsync("orders_get", arguments);
        Assert.NotNull(response["error"] ?? response["result"]!["isError"]);
        Assert.Empty(desk.Ran);
    }

    [Fact]
    public async Task Numbers_reach_the_tool_as_they_were_judged()
    {
        await using Desk desk = await Desk.OpenAsync();
        await desk.CallAsync("orders_note", """{"n":1.10,"big":123456789012345678901234567890,"e":1e2,"z":null}""");
        Assert.Equal(["""orders_note {"big":123456789012345678901234567890,"e":1e2,"n":1.10,"z":null}"""], desk.Ran);
    }

    [Fact]
    public async Task The_callers_id_of_the_call_is_recorded()
    {
        await using Desk desk = await Desk.OpenAsync();
        CallToolRequestParams asked = Desk.Params("orders_get", """{"id":7}""");
        asked.Meta = new() { ["claudecode/toolUseId"] = "toolu_01" };
        await desk.Client.CallToolAsync(asked);
        Assert.Equal(["toolu_01"], (await desk.DecisionsAsync()).Select(static d => d.GetString("tool_use")));
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task Without_a_session_nothing_is_listed_and_nothing_runs(string revision)
    {
        await using Desk desk = await Desk.OpenAsync(new() { Revision = revision, Guard = static b => b.WithGuardrails(static _ => null) });
        Assert.Empty(await desk.Client.ListToolsAsync());
        Assert.Contains("Unknown tool: 'orders_get'", (await Assert.ThrowsAsync<McpProtocolException>(() => desk.CallAsync("orders_get", """{"id":7}"""))).Message, StringComparison.Ordinal);
        Assert.Empty(desk.Ran);
    }

    [Fact]
    public async Task A_host_that_cant_say_whose_request_it_is_runs_nothing()
    {
        await using Desk desk = await Desk.OpenAsync(new() { Guard = static b => b.WithGuardrails(static _ => throw new FormatException("secret")) });
        Assert.DoesNotContain("secret", Desk.TextOf(await desk.CallAsync("orders_get", """{"id":7}""")), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<McpException>(async () => await desk.Client.ListToolsAsync());
        Assert.Empty(desk.Ran);
    }

    [Fact]
    public async Task A_session_of_another_pipeline_runs_nothing()
    {
        await using var other = GuardrailTestHost.Create(GuardrailPolicy.Parse(Desk.Policy));
        await using Desk desk = await Desk.OpenAsync(new() { Guard = b => b.WithGuardrails(_ => other.StartSession("desk")) });
        Assert.True((await desk.CallAsync("orders_get", """{"id":7}""")).IsError);
        Assert.Empty(desk.Ran);
    }

    [Fact]
    public async Task A_session_that_has_ended_runs_nothing()
    {
        AgentSession? session = null;
        await using Desk desk = await Desk.OpenAsync(new() { Guard = b => b.WithGuardrails(_ => session) });
        session = desk.Pipeline.StartSession("desk", Desk.Dana);
        session.Dispose();
        Assert.True((await desk.CallAsync("orders_get", """{"id":7}""")).IsError);
        Assert.Empty(desk.Ran);
    }

    [Fact]
    public async Task What_a_suspension_stops_is_there_and_says_so()
    {
        await using Desk desk = await Desk.OpenAsync();
        await desk.Pipeline.SuspendAsync(SuspensionTarget.Agent("desk"), Desk.Dana, "stop");
        Assert.Contains(DecisionCodes.SuspensionAgent, Desk.TextOf(await desk.CallAsync("orders_get", """{"id":7}""")), StringComparison.Ordinal);
        Assert.NotEmpty(await desk.Client.ListToolsAsync());
        Assert.Contains("Unknown tool", (await Assert.ThrowsAsync<McpProtocolException>(() => desk.CallAsync("orders_secret"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_tool_throws_is_recorded_and_told_by_the_SDK()
    {
        await using Desk desk = await Desk.OpenAsync(new() { Returns = static (_, _) => throw new FormatException("secret") });
        CallToolResult result = await desk.CallAsync("orders_get", """{"id":7}""");
        Assert.Equal("An error occurred invoking 'orders_get'.", Desk.TextOf(result));
        await desk.RecordsAsync();
        AuditRecord outcome = Assert.Single(desk.Sink.Records, static r => r.Kind == AuditRecordKind.Outcome);
        Assert.Equal(("failed", "FormatException"), (outcome.Status, outcome.GetString("error")));
    }

    [Fact]
    public async Task An_only_observed_agent_sees_what_it_may_call()
    {
        await using Desk desk = await Desk.OpenAsync(new() { Guard = static b => b.WithGuardrails("trial") });
        Assert.Contains("orders_secret", (await desk.Client.ListToolsAsync()).Select(static t => t.Name));
        Assert.Equal("orders_secret ran", Desk.TextOf(await desk.CallAsync("orders_secret")));
    }
}
