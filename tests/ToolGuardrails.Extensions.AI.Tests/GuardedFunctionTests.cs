using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolGuardrails.Extensions.AI.Tests.Kit;

namespace ToolGuardrails.Extensions.AI.Tests;

public sealed class GuardedFunctionTests
{
    [Fact]
    public async Task Everything_but_the_invocation_is_the_functions_own()
    {
        await using Desk desk = Desk.Open();
        AIFunction bare = AIFunctionFactory.Create((int id) => id, "orders_get", "finds an order", new JsonSerializerOptions(AIJsonUtilities.DefaultOptions) { MaxDepth = 5 });
        AIFunction guarded = bare.WithGuardrails(desk.Session);

        Assert.Equal((bare.Name, bare.Description, bare.ToString()), (guarded.Name, guarded.Description, guarded.ToString()));
        Assert.Equal(bare.JsonSchema.GetRawText(), guarded.JsonSchema.GetRawText());
        Assert.Equal(bare.ReturnJsonSchema?.GetRawText(), guarded.ReturnJsonSchema?.GetRawText());
        Assert.Same(bare.UnderlyingMethod, guarded.UnderlyingMethod);
        Assert.Same(bare.JsonSerializerOptions, guarded.JsonSerializerOptions);
        Assert.Same(bare, guarded.GetService(bare.GetType()));
        AIFunction written = desk.Tool("orders_get");
        Assert.Same(written.AdditionalProperties, written.WithGuardrails(desk.Session).AdditionalProperties);
        Assert.NotNull(new ApprovalRequiredAIFunction(written).WithGuardrails(desk.Session).GetService<ApprovalRequiredAIFunction>());
    }

    [Fact]
    public async Task A_guarded_function_stays_as_it_is_also_behind_other_wrappers()
    {
        await using Desk desk = Desk.Open();
        AIFunction guarded = desk.Tool("orders_get").WithGuardrails(desk.Session);
        AIFunction marked = new ApprovalRequiredAIFunction(guarded);

        Assert.Same(guarded, guarded.WithGuardrails(desk.Session));
        Assert.Same(marked, new AITool[] { marked }.WithGuardrails(desk.Session)[0]);
        await marked.InvokeAsync(new() { ["id"] = 1 });
        Assert.Single(await desk.DecisionsAsync());
    }

    [Fact]
    public async Task A_function_that_is_guarded_for_one_session_cant_be_used_in_another()
    {
        await using Desk desk = Desk.Open();
        AIFunction guarded = desk.Tool("orders_get").WithGuardrails(desk.Session);
        var thrown = Assert.Throws<InvalidOperationException>(() => guarded.WithGuardrails(desk.Host.StartSession("desk", sessionId: "other")));
        Assert.Equal("The function 'orders_get' is guarded for the session 'chat' and can't be used in 'other'; guard the function itself anew for each session.", thrown.Message);
    }

    [Fact]
    public async Task What_nobody_here_can_stop_is_refused_unless_the_host_lets_it_pass()
    {
        await using Desk desk = Desk.Open();
        AITool[] unstoppable = [new HostedWebSearchTool(), new HostedCodeInterpreterTool(), new HostedMcpServerTool("s", "https://mcp.example"), desk.Tool("orders_get").AsDeclarationOnly()];
        foreach (AITool tool in unstoppable)
        {
            var thrown = Assert.Throws<NotSupportedException>(() => new[] { tool }.WithGuardrails(desk.Session));
            Assert.StartsWith($"The tool '{tool.Name}' ({tool.GetType().Name}) can't be guarded: ", thrown.Message, StringComparison.Ordinal);
        }

        List<AITool> told = [];
        IList<AITool> passed = unstoppable.Append(desk.Tool("orders_get")).WithGuardrails(desk.Session, options: new() { LetPass = told.Add });
        Assert.Equal(unstoppable, told);
        Assert.Equal(unstoppable, passed.Take(4));
    }

    [Fact]
    public async Task The_function_gets_arguments_of_its_own_with_services_and_context()
    {
        await using Desk desk = Desk.Open();
        AIFunctionArguments? got = null;
        var given = new AIFunctionArguments { ["id"] = 7 };
        given.Services = new NoServices();
        given.Context = new Dictionary<object, object?>();
        await desk.Tool("orders_get", a => got = a).WithGuardrails(desk.Session).InvokeAsync(given);

        Assert.NotSame(given, got);
        Assert.Equal("7", Assert.IsType<JsonElement>(got!["id"]).GetRawText());
        Assert.Same(given.Services, got.Services);
        Assert.Same(given.Context, got.Context);
    }

    [Fact]
    public async Task Arguments_that_are_no_strict_json_are_denied()
    {
        await using Desk desk = Desk.Open();
        AIFunction guarded = desk.Tool("customers_get").WithGuardrails(desk.Session);
        AIFunctionArguments[] hostile = [new() { ["a"] = 1, ["A"] = 2 }, new() { ["a"] = double.NaN }, new() { ["a"] = "\ud800" }, new() { ["a"] = new object() }];
        foreach (AIFunctionArguments arguments in hostile)
        {
            Assert.Contains("(arguments.", (string)(await guarded.InvokeAsync(arguments))!, StringComparison.Ordinal);
        }

        Assert.Empty(desk.Ran);
        Assert.Equal(hostile.Length, (await desk.DecisionsAsync()).Count);
    }

    [Fact]
    public async Task The_calls_id_is_the_accessors_or_the_current_activitys()
    {
        await using Desk desk = Desk.Open();
        AIFunction guarded = desk.Tool("orders_get").WithGuardrails(desk.Session);
        await guarded.InvokeAsync(new() { ["id"] = 1 });
        using (var activity = new Activity("execute_tool orders_get").SetTag("gen_ai.tool.call.id", "a1").Start())
        {
            await guarded.InvokeAsync(new() { ["id"] = 2 });
            await desk.Tool("orders_get").WithGuardrails(desk.Session, options: new() { CallId = static () => "own" }).InvokeAsync(new() { ["id"] = 3 });
        }

        Assert.Equal([null, "a1", "own"], (await desk.DecisionsAsync()).Select(static d => d.GetString("tool_use")));
    }

    [Fact]
    public async Task A_denial_is_told_as_the_host_wants_it()
    {
        await using Desk desk = Desk.Open();
        AIFunction bare = desk.Tool("orders_purge");
        Assert.IsType<string>(await bare.WithGuardrails(desk.Session).InvokeAsync());
        Assert.IsType<string>(await bare.WithGuardrails(desk.Session, options: new() { Denials = DenialMode.ErrorResult }).InvokeAsync());
        var result = Assert.IsType<FunctionResultContent>(await bare.WithGuardrails(desk.Session, options: new() { Denials = DenialMode.ErrorResult, CallId = static () => "c1" }).InvokeAsync());
        Assert.Equal(("c1", DecisionCodes.ScopeNoGrant), (result.CallId, Assert.IsType<ToolDeniedException>(result.Exception).Code));
        var thrown = await Assert.ThrowsAsync<ToolDeniedException>(async () => await bare.WithGuardrails(desk.Session, options: new() { Denials = DenialMode.Exception }).InvokeAsync());
        Assert.Equal(result.Result, thrown.Message);
        Assert.Equal(default, new GuardedToolOptions().Denials);
    }

    [Fact]
    public async Task A_call_that_waits_is_text_in_every_mode()
    {
        await using Desk desk = Desk.Open();
        foreach (DenialMode mode in Enum.GetValues<DenialMode>())
        {
            object? told = await desk.Tool("refunds_create").WithGuardrails(desk.Session, options: new() { Denials = mode, CallId = static () => "c" }).InvokeAsync(new() { ["order"] = 1, ["amount"] = 5 });
            Assert.Contains("waits for a person's approval", Assert.IsType<string>(told), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_tool_is_known_by_server_and_name_on_the_wire()
    {
        await using Desk desk = Desk.Open();
        Assert.Equal("rows ran", await desk.Tool("rows").WithGuardrails(desk.Session, server: "warehouse").InvokeAsync());
        Assert.Equal("renamed ran", await desk.Tool("renamed").WithGuardrails(desk.Session, server: "warehouse", new() { WireName = static _ => "rows" }).InvokeAsync());
        foreach ((string name, string? server) in ((string, string?)[])[("rows", null), ("wh.rows", null), ("wh.rows", "warehouse"), ("rows", "other"), ("ROWS", "warehouse"), ("orders.get", null)])
        {
            Assert.Contains("(scope.unknown-tool)", (string)(await desk.Tool(name).WithGuardrails(desk.Session, server).InvokeAsync())!, StringComparison.Ordinal);
        }

        Assert.Equal(["wh.rows", "wh.rows", "rows", ":wh.rows", "warehouse:wh.rows", "other:rows", "warehouse:ROWS", ":orders.get"], (await desk.DecisionsAsync()).Select(static d => d.Tool));
    }

    [Fact]
    public async Task The_ambient_session_counts_only_where_none_is_bound_and_without_one_each_call_is_denied()
    {
        await using Desk desk = Desk.Open();
        AITool bound = new AITool[] { desk.Tool("orders_get") }.WithGuardrails(desk.Session)[0];
        AIFunction free = (AIFunction)new AITool[] { desk.Tool("orders_get") }.WithGuardrails()[0];

        Assert.Contains("(chat.no-session)", (string)(await free.InvokeAsync(new() { ["id"] = 1 }))!, StringComparison.Ordinal);
        using (AmbientSession.Use(desk.Host.StartSession("desk", sessionId: "ambient")))
        {
            await free.InvokeAsync(new() { ["id"] = 2 });
            await ((AIFunction)bound).InvokeAsync(new() { ["id"] = 3 });
        }

        Assert.Contains("(chat.no-session)", (string)(await free.InvokeAsync(new() { ["id"] = 4 }))!, StringComparison.Ordinal);
        Assert.Equal(["ambient", "chat"], (await desk.DecisionsAsync()).Select(static d => d.SessionId));
        Assert.Equal(2, desk.Ran.Count);
    }

    // T10: a tool that calls tools decides nothing for them.
    [Fact]
    public async Task T10_each_call_inside_of_a_tool_has_a_decision_of_its_own()
    {
        await using Desk desk = Desk.Open();
        AIFunction[] inner = [.. desk.Tools().WithGuardrails(desk.Session).Cast<AIFunction>()];
        AIFunction batch = desk.Tool("batch", _ => string.Join('\n', inner[..4].Select(static f => f.InvokeAsync(new(f.Name == "refunds_create" ? new Dictionary<string, object?> { ["order"] = 1, ["amount"] = 5 } : new() { ["id"] = 1 })).AsTask().GetAwaiter().GetResult())));
        await batch.WithGuardrails(desk.Session).InvokeAsync();

        Assert.Equal(["batch {}", "orders_get {\"id\":1}"], desk.Ran);
        Assert.Equal(
            ["batch allow", "orders.get allow", "refunds.create require_approval", "prices.set deny", "orders.purge deny"],
            (await desk.DecisionsAsync()).Select(static d => $"{d.Tool} {d.Effect}"));
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
