using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Results;

/// <summary>docs/policy.md, Grants: the fields of an agent's matching grants unite, those of several agents intersect.</summary>
public sealed class ProjectingGrantsTests
{
    private const string Result = """{"id":1,"name":"n","customer":{"name":"c","ssn":"s"},"cost":9}""";

    private const string ByTeam = """
        [ { "id": "always", "tools": "orders.get", "fields": ["id"] },
          { "id": "front", "tools": "orders.get", "where": { "arg.team": { "equals": "front" } }, "fields": ["name", "customer.name"] },
          { "id": "audit", "tools": "orders.get", "where": { "arg.team": { "equals": "audit" } } } ]
        """;

    [Theory]
    [InlineData("""{}""", """{"id":1}""")]
    [InlineData("""{"team":null}""", """{"id":1}""")]
    [InlineData("""{"team":"front"}""", """{"id":1,"name":"n","customer":{"name":"c"}}""")]
    [InlineData("""{"t\u0065am":"fr\u006fnt"}""", """{"id":1,"name":"n","customer":{"name":"c"}}""")]
    [InlineData("""{"team":"Front"}""", """{"id":1}""")]
    [InlineData("""{"team":"audit"}""", Result)]
    public async Task The_arguments_choose_the_grants_and_their_fields_unite(string arguments, string passes)
    {
        await using GovernedHost host = Orders.Host(Orders.WithGrants(ByTeam));
        Orders.Same(passes, (await host.Session().GetAsync(Result, arguments)).GetValueOrThrow());
        Orders.Same(passes, (await host.Session().GetTextAsync(Result, arguments)).GetValueOrThrow());
        Orders.Same(passes, Encoding.UTF8.GetString((await host.Session().CompleteAsync(ToolResult.FromJson(Orders.Parse(Result)), arguments)).Result.Utf8.Span));
    }

    [Theory]
    [InlineData("""["id","name"]""", """["id","cost"]""", """{"id":1}""", 3)]
    [InlineData("""["customer"]""", """["customer.name"]""", """{"customer":{"name":"c"}}""", 4)]
    [InlineData("""["customer.ssn"]""", """["customer"]""", """{"customer":{"ssn":"s"}}""", 4)]
    [InlineData("""["customer.ssn"]""", """["customer.name"]""", """{"customer":{}}""", 5)]
    [InlineData("[]", """["id"]""", "{}", 4)]
    [InlineData("""["id"]""", "[]", "{}", 4)]
    [InlineData("""["id"]""", null, """{"id":1}""", 3)]
    [InlineData(null, """["id"]""", """{"id":1}""", 3)]
    public async Task A_child_session_passes_what_every_agent_of_the_chain_passes(string? parent, string? child, string passes, int dropped)
    {
        await using GovernedHost host = Orders.Host(Orders.WithGrants(Grant(parent), $$""", "helper": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": {{Grant(child)}} }"""));
        AgentSession session = host.Session().StartChild("helper");
        Orders.Same(passes, (await session.GetAsync(Result)).GetValueOrThrow());
        Orders.Same(passes, (await session.GetTextAsync(Result)).GetValueOrThrow());
        ToolCompletion completion = await session.CompleteAsync(ToolResult.FromText(Result));
        Orders.Same(passes, Encoding.UTF8.GetString(completion.Result.Utf8.Span));
        Assert.Equal(dropped, completion.Dropped);
        Assert.All(await host.RecordsAsync(AuditRecordKind.Outcome), r => Assert.Equal(dropped, r.ToJson().GetProperty("dropped").GetInt32()));
    }

    [Fact]
    public async Task Without_the_arguments_a_result_that_passes_in_part_is_withheld()
    {
        await using GovernedHost host = Orders.Host(Orders.WithGrants(ByTeam));
        AgentSession session = host.Session();
        string token = (await session.AuthorizeAsync(Orders.Tool, ToolArguments.FromJson("""{"team":"audit"}"""))).Token!;
        ToolCompletion completion = await session.CompleteAsync(token, ToolResult.FromText(Result));
        Assert.Equal((false, DecisionCodes.ResultArgumentsMissing, 0), (completion.MayPass, completion.Withheld!.Code, completion.Result.Utf8.Length));
        Assert.Equal(DecisionCodes.ResultArgumentsMissing, Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).GetString("withheld"));
    }

    [Fact]
    public async Task Other_arguments_than_the_authorised_ones_choose_no_grant()
    {
        await using GovernedHost host = Orders.Host(Orders.WithGrants(ByTeam));
        AgentSession session = host.Session();
        string token = (await session.AuthorizeAsync(Orders.Tool, ToolArguments.FromJson("""{"team":"front"}"""))).Token!;
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.CompleteAsync(token, ToolResult.FromText(Result), ToolArguments.FromJson("""{"team":"audit"}""")));
        Assert.True((await session.CompleteAsync(token, ToolResult.FromText(Result), ToolArguments.FromJson("""{"team":"front"}"""))).MayPass);
    }

    [Theory]
    [InlineData("the tool's grant is gone")]
    [InlineData("the agent is gone")]
    [InlineData("the tool is gone")]
    public async Task A_policy_that_has_no_grant_left_when_the_result_is_reported_passes_nothing(string change)
    {
        ArgumentNullException.ThrowIfNull(change);
        await using GovernedHost first = Orders.Host(Orders.Policy("""["id"]"""));
        string token = (await first.Session().AuthorizeAsync(Orders.Tool, ToolArguments.Empty)).Token!;
        string policy = change switch
        {
            "the tool's grant is gone" => Orders.WithGrants("""[ { "id": "l", "tools": "orders.list" } ]"""),
            "the agent is gone" => Orders.WithGrants("""[ { "id": "g", "tools": "orders.get" } ]""").Replace("\"clerk\"", "\"other\"", StringComparison.Ordinal),
            _ => Orders.WithGrants("""[ { "id": "g", "tools": "*" } ]""").Replace("orders.get", "orders.find", StringComparison.Ordinal),
        };
        await using GovernedHost second = Orders.Host(policy);
        ToolCompletion completion = await second.Pipeline.CompleteAsync(token, ToolResult.FromText(Result), ToolArguments.Empty);
        Assert.Equal("{}", Encoding.UTF8.GetString(completion.Result.Utf8.Span));
        Assert.DoesNotContain("ssn", Assert.Single(await second.RecordsAsync(AuditRecordKind.Outcome)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_observed_agent_gets_the_whole_result()
    {
        await using GovernedHost host = Orders.Host(Orders.WithGrants("""[ { "id": "g", "tools": "orders.get", "fields": ["id"] } ]""", enforcement: "observe"));
        Orders.Same(Result, (await host.Session().GetAsync(Result)).GetValueOrThrow());
        Orders.Same(Result, Encoding.UTF8.GetString((await host.Session().CompleteAsync(ToolResult.FromText(Result))).Result.Utf8.Span));
    }

    private static string Grant(string? fields) => fields is null
        ? """[ { "id": "g", "tools": "orders.get" } ]"""
        : $$"""[ { "id": "g", "tools": "orders.get", "fields": {{fields}} } ]""";
}
