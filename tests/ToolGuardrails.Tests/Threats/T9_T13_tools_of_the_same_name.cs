using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

public sealed class T9_T13_tools_of_the_same_name
{
    private const string Two = """
        { "version": 1, "name": "two",
          "facts": { "site": "main" },
          "servers": { "shop": {}, "mail": {} },
          "tools": {
            "shop.send": { "server": "shop", "name": "send", "access": ["write"], "tier": "medium", "reversible": true },
            "mail.send": { "server": "mail", "name": "send", "access": ["write"], "tier": "medium", "reversible": true } },
          "agents": { "clerk": { "owner": "m@example.com", "tier": "high", "grants": [ GRANTS ] } } }
        """;

    [Fact]
    public async Task A_grant_for_one_servers_tool_covers_no_other_servers_tool_of_that_name()
    {
        await using GovernedHost host = GovernedHost.Start(With("""{ "id": "g", "tools": "shop.send", "access": ["write"] }"""));
        AgentSession session = host.Session();

        Assert.Equal(DecisionCodes.ApprovalRequired, (await session.EvaluateAsync("shop.send", ToolArguments.Empty)).Code);
        Assert.Equal(DecisionCodes.ScopeNoGrant, (await session.EvaluateAsync("mail.send", ToolArguments.Empty)).Code);
    }

    [Theory]
    [InlineData("send")]
    [InlineData("shop:send")]
    [InlineData("shop/send")]
    [InlineData("shop_send")]
    [InlineData("Shop.Send")]
    [InlineData("shop.send\u200B")]
    [InlineData("shop.sеnd")]
    [InlineData("ｓhop.send")]
    [InlineData("mail.send/../shop.send")]
    public async Task A_name_that_only_resembles_a_key_is_an_unknown_tool(string tool)
    {
        await using GovernedHost host = GovernedHost.Start(With("""{ "id": "g", "tools": "*", "access": ["write"] }"""));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync(tool, ToolArguments.Empty, Words.Done);

        Assert.Equal((DecisionCodes.ScopeUnknownTool, false), (outcome.Decision.Code, outcome.Executed));
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
    }

    [Fact]
    public async Task An_approval_names_the_server_and_is_bound_to_it()
    {
        var asked = new List<ApprovalRequest>();
        await using GovernedHost host = GovernedHost.Start(With("""{ "id": "g", "tools": "*", "access": ["write"] }"""), o => o.Approver = Words.Approves(asked.Add));
        AgentSession session = host.Session();

        await session.InvokeAsync("shop.send", ToolArguments.Empty, Words.Done);
        await session.InvokeAsync("mail.send", ToolArguments.Empty, Words.Done);

        Assert.Equal(["shop", "mail"], asked.Select(static a => a.Tool.Server));
        Assert.All(asked, static a => Assert.Equal("send", a.Tool.Name));
        Assert.NotEqual(asked[0].Digest, asked[1].Digest);
        IReadOnlyList<AuditRecord> decisions = await host.RecordsAsync(AuditRecordKind.Decision);
        Assert.Equal([("shop", "send"), ("mail", "send")], decisions.Select(static r => (r.GetString("server")!, r.GetString("name")!)));
    }

    [Fact]
    public void Two_keys_for_the_same_server_and_name_are_a_mistake()
    {
        string json = With("""{ "id": "g", "tools": "*", "access": ["write"] }""").Replace("\"server\": \"mail\"", "\"server\": \"shop\"", StringComparison.Ordinal);

        Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(json));
    }

    private static string With(string grants) => Two.Replace("GRANTS", grants, StringComparison.Ordinal);
}
