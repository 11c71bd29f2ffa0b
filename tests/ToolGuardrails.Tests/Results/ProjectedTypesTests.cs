namespace ToolGuardrails.Tests.Results;

/// <summary>docs/outcomes.md, "Only some fields": results that aren't text or JSON.</summary>
public sealed class ProjectedTypesTests
{
    private const string NameOnly = """["id", "customer.name"]""";

    private static readonly OrderView Order = new(7, new CustomerView("Ana", "123-45"), ["call back"]) { Internal = "margin" };

    private static readonly ToolCallOptions<OrderView> Typed = new() { ResultType = OrderViewJson.Default.OrderView };

    [Fact]
    public async Task A_result_with_a_contract_is_read_back_from_what_passes()
    {
        var seen = new SeenResults();
        await using GovernedHost host = Orders.Host(Orders.Policy(NameOnly), o => o.ResultGuards.Add(seen));
        ToolOutcome<OrderView> outcome = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, static (_, _) => ValueTask.FromResult(Order), Typed);
        Assert.Equal(new OrderView(7, new CustomerView("Ana", null)), outcome.GetValueOrThrow());
        Assert.DoesNotContain("123-45", outcome.ToModelText(), StringComparison.Ordinal);
        Orders.Same("""{"id":7,"customer":{"name":"Ana"}}""", Assert.Single(seen.Texts));
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
        Orders.Same("""{"id":7,"customer":{"name":"Ana"}}""", record.ToJson().GetProperty("result"));
        Assert.Equal(2, record.ToJson().GetProperty("dropped").GetInt32());
    }

    [Fact]
    public async Task A_type_that_what_passes_does_not_fit_is_withheld()
    {
        await using GovernedHost host = Orders.Host(Orders.Policy(NameOnly));
        ToolOutcome<StrictOrder> outcome = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, static (_, _) => ValueTask.FromResult(new StrictOrder { Ssn = "123-45" }),
            new ToolCallOptions<StrictOrder> { ResultType = OrderViewJson.Default.StrictOrder });
        Assert.Equal((true, DecisionCodes.ResultUnreadable, null), (outcome.Executed, outcome.Withheld!.Code, outcome.Value));
    }

    [Fact]
    public async Task A_null_of_a_type_with_a_contract_has_no_fields()
    {
        await using GovernedHost host = Orders.Host(Orders.Policy(NameOnly));
        ToolOutcome<OrderView> outcome = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, static (_, _) => ValueTask.FromResult<OrderView>(null!), Typed);
        Assert.Equal((true, DecisionCodes.ResultNoFields), (outcome.Executed, outcome.Withheld!.Code));
    }

    [Fact]
    public async Task Text_with_a_contract_is_a_json_string_and_has_no_fields()
    {
        await using GovernedHost host = Orders.Host(Orders.Policy(NameOnly));
        ToolOutcome<string> outcome = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, static (_, _) => ValueTask.FromResult("""{"id":1,"ssn":2}"""),
            new ToolCallOptions<string> { ResultType = OrderViewJson.Default.String });
        Assert.Equal((DecisionCodes.ResultNoFields, null), (outcome.Withheld!.Code, outcome.Value));
    }

    [Fact]
    public async Task A_type_without_a_contract_is_denied_before_the_tool_runs()
    {
        await using GovernedHost host = Orders.Host(Orders.Policy(NameOnly));
        bool ran = false;
        ToolOutcome<OrderView> one = await host.Session().InvokeAsync(Orders.Tool, ToolArguments.Empty, (_, _) => { ran = true; return ValueTask.FromResult(Order); });
        ToolOutcome<OrderView> two = await host.Session().InvokeSynchronousAsync(Orders.Tool, ToolArguments.Empty, _ => { ran = true; return Order; });
        Assert.Equal((DecisionCodes.ResultNoContract, DecisionCodes.ResultNoContract, false, false), (one.Decision.Code, two.Decision.Code, one.Executed, ran));
        Assert.Empty(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Fact]
    public async Task A_type_without_a_contract_runs_where_a_matching_grant_passes_all()
    {
        await using GovernedHost host = Orders.Host(Orders.WithGrants("""[ { "id": "some", "tools": "orders.get", "where": { "arg.team": { "equals": "front" } }, "fields": ["id"] }, { "id": "all", "tools": "orders.get", "where": { "arg.team": { "equals": "back" } } } ]"""));
        AgentSession session = host.Session();
        Assert.Equal(Order, (await session.InvokeSynchronousAsync(Orders.Tool, ToolArguments.FromJson("""{"team":"back"}"""), static _ => Order)).GetValueOrThrow());
        Assert.Equal(DecisionCodes.ResultNoContract, (await session.InvokeSynchronousAsync(Orders.Tool, ToolArguments.FromJson("""{"team":"front"}"""), static _ => Order)).Decision.Code);
    }

    [Fact]
    public async Task Numbers_and_truth_values_are_withheld_and_a_tool_that_returns_nothing_has_nothing_to_withhold()
    {
        await using GovernedHost host = Orders.Host(Orders.Policy(NameOnly));
        AgentSession session = host.Session();
        await AssertWithheldAsync(session, 5);
        await AssertWithheldAsync(session, 5L);
        await AssertWithheldAsync(session, 5.5);
        await AssertWithheldAsync(session, 5m);
        await AssertWithheldAsync(session, true);
        ToolOutcome<NoResult> nothing = await session.InvokeAsync(Orders.Tool, ToolArguments.Empty, static (_, _) => ValueTask.CompletedTask);
        Assert.Equal((true, "done"), (nothing.HasValue, nothing.ToModelText()));
        Assert.True((await session.CompleteAsync(ToolResult.None)).MayPass);
        Assert.False((await session.CompleteAsync(default)).MayPass);
    }

    [Theory]
    [InlineData(1_024, true)]
    [InlineData(1_025, false)]
    public async Task A_result_above_the_limit_is_withheld_and_measured_by_what_passes(int bytes, bool passes)
    {
        await using GovernedHost host = Orders.Host(Orders.WithGrants("""[ { "id": "g", "tools": "orders.get", "fields": ["id"] }, { "id": "l", "tools": "orders.list" } ]"""), static o => o.MaxResultBytes = 1_024);
        AgentSession session = host.Session();
        string json = $$"""{"id":"{{new string('x', bytes - 9)}}","ssn":"{{new string('y', 5_000)}}"}""";
        string? expected = passes ? null : DecisionCodes.ResultTooLarge;
        Assert.Equal(expected, (await session.GetAsync(json)).Withheld?.Code);
        Assert.Equal(expected, (await session.GetTextAsync(json)).Withheld?.Code);
        Assert.Equal(expected, (await session.CompleteAsync(ToolResult.FromText(json))).Withheld?.Code);
        Assert.Equal(expected, (await session.InvokeSynchronousAsync("orders.list", ToolArguments.Empty, _ => new string('x', bytes))).Withheld?.Code);
        Assert.Equal(expected, (await session.InvokeSynchronousAsync("orders.list", ToolArguments.Empty, _ => new string('é', (bytes + 1) / 2))).Withheld?.Code);
        Assert.Equal(expected, (await session.InvokeSynchronousAsync("orders.list", ToolArguments.Empty, _ => Orders.Parse($"\"{new string('x', bytes - 2)}\""))).Withheld?.Code);
        foreach (AuditRecord record in await host.RecordsAsync(AuditRecordKind.Outcome))
        {
            Assert.Equal(expected, record.GetString("withheld"));
            Assert.Equal(passes, record.GetString("result_c") is not null);
        }
    }

    private static async Task AssertWithheldAsync<T>(AgentSession session, T value)
    {
        ToolOutcome<T> outcome = await session.InvokeSynchronousAsync(Orders.Tool, ToolArguments.Empty, _ => value);
        Assert.Equal((true, DecisionCodes.ResultNoFields), (outcome.Executed, outcome.Withheld!.Code));
        Assert.Equal(default, outcome.Value);
    }
}
