namespace ToolGuardrails.Tests.Anthropic;

/// <summary>Who calls: the model itself, or code that the provider runs. And what the provider runs alone.</summary>
public sealed class CallerTests
{
    private const string Direct = ""","caller":{"type":"direct"}""";
    private const string Code = ""","caller":{"type":"code_execution_20250825","tool_id":"srvtoolu_1"}""";
    private const string NewerCode = ""","caller":{"type":"code_execution_20260120","tool_id":"srvtoolu_1"}""";
    private const string Unknown = ""","caller":{"type":"something_new"}""";

    [Theory]
    [InlineData(Code)]
    [InlineData(NewerCode)]
    [InlineData(Unknown)]
    public async Task Calls_that_the_model_does_not_make_itself_have_a_session_and_grants_of_their_own(string caller)
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(
            Answers.Use("t1", "refunds_create", """{"id":1,"amount":5}""", Direct),
            Answers.Use("t2", "refunds_create", """{"id":2,"amount":5}""", caller),
            Answers.Use("t3", "orders_get", """{"id":3}""", caller))]);

        await desk.RunLoopAsync(stream: false);

        Assert.Equal(["""refunds_create {"amount":5,"id":1}""", """orders_get {"id":3}"""], desk.Ran);
        Dictionary<string, AuditRecord> decisions = await desk.DecisionsAsync();
        Assert.Equal(["clerk", "clerk-code", "clerk-code"], new[] { "t1", "t2", "t3" }.Select(id => decisions[id].GetString("agent")));
        Assert.Equal(DecisionCodes.ScopeNoGrant, decisions["t2"].Code);
    }

    [Fact]
    public async Task A_policy_that_does_not_know_the_codes_agent_refuses_and_records_all_its_calls()
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_get", """{"id":1}""", Code))], codeAgent: "nobody");

        await desk.RunLoopAsync(stream: true);

        Assert.Empty(desk.Ran);
        Assert.Equal(DecisionCodes.ScopeUnknownAgent, (await desk.DecisionsAsync())["t1"].Code);
    }

    [Fact]
    public async Task A_guard_sees_that_code_calls()
    {
        var agents = new List<string>();
        await using Desk desk = await Desk.StartAsync(
            [Answers.Turn(Answers.Use("t1", "orders_get", """{"id":1}"""), Answers.Use("t2", "orders_get", """{"id":2}""", Code))],
            o => o.Guards.Add(new LambdaGuard(call =>
            {
                agents.Add(call.Session.Agent);
                return Verdict.Allow;
            })));

        await desk.RunLoopAsync(stream: false);

        Assert.Equal(["clerk", "clerk-code"], agents);
    }

    [Fact]
    public async Task A_member_of_a_toolset_is_never_taken_for_the_hosts_tool_of_that_name()
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_get", """{"id":1}""", ""","toolset_name":"browser" """))]);

        await desk.RunLoopAsync(stream: false);

        Assert.Empty(desk.Ran);
        AuditRecord decision = (await desk.DecisionsAsync())["t1"];
        Assert.Equal(("browser/orders_get", DecisionCodes.ScopeUnknownTool), (decision.GetString("tool"), decision.Code));
    }

    [Fact]
    public async Task What_the_provider_runs_itself_never_comes_by_and_leaves_no_record()
    {
        const string search = """{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"orders"},"caller":{"type":"direct"}}""";
        await using Desk desk = await Desk.StartAsync([Answers.Turn(search, Answers.Use("t1", "orders_get", """{"id":1}"""))]);

        await desk.RunLoopAsync(stream: false);

        Assert.Equal(["t1"], (await desk.DecisionsAsync()).Keys);
        Assert.Equal(["t1"], desk.Results(1).Select(static r => r.Id));
    }
}
