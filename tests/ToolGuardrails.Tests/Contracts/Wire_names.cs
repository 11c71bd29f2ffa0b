using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

/// <summary>A tool is known on the wire by its server and its name there, and by nothing that only looks like its key in the policy.</summary>
public sealed class Wire_names
{
    private const string Policy = """
        { "version": 1, "name": "wire",
          "servers": { "shop": {}, "mail": {} },
          "tools": {
            "shop.send": { "server": "shop", "name": "send", "access": ["read"], "tier": "low" },
            "mail.send": { "server": "mail", "name": "send", "access": ["read"], "tier": "low" },
            "own":       { "name": "own_tool", "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "m@example.com", "tier": "high", "grants": [ { "id": "g", "tools": "*" } ] } } }
        """;

    [Theory]
    [InlineData("shop", "send", "shop.send")]
    [InlineData("mail", "send", "mail.send")]
    [InlineData(null, "own_tool", "own")]
    public async Task A_tool_is_bound_by_what_its_server_calls_it(string? server, string name, string id)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        ToolBinding binding = host.Session().Bind(server, name);
        Assert.Equal(id, binding.Tool);
        Assert.True((await binding.InvokeAsync(ToolArguments.Empty, Words.Done)).HasValue);
        Assert.Equal(id, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Tool);
    }

    [Theory]
    [InlineData(null, "send", "send")]
    [InlineData(null, "shop.send", ":shop.send")]
    [InlineData(null, "own", ":own")]
    [InlineData("shop", "shop.send", "shop:shop.send")]
    [InlineData("shop", "own_tool", "shop:own_tool")]
    [InlineData("Shop", "send", "Shop:send")]
    [InlineData("", "own_tool", ":own_tool")]
    public async Task Anything_else_is_an_unknown_tool_and_recorded_under_no_tools_id(string? server, string name, string recorded)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        ToolOutcome<string> outcome = await host.Session().Bind(server, name).InvokeAsync(ToolArguments.Empty, Words.Done);
        Assert.Equal((DecisionCodes.ScopeUnknownTool, false), (outcome.Decision.Code, outcome.Executed));
        Assert.Equal(recorded, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Tool);
    }

    [Fact]
    public async Task Another_policy_can_give_the_name_another_key()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        ToolBinding binding = host.Session().Bind("shop", "send");
        Assert.True((await binding.InvokeAsync(ToolArguments.Empty, Words.Done)).HasValue);

        await host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(Policy.Replace("\"shop.send\"", "\"shop.post\"", StringComparison.Ordinal)));
        Assert.True((await binding.InvokeAsync(ToolArguments.Empty, Words.Done)).HasValue);
        await host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(Policy.Replace("\"server\": \"shop\", ", "", StringComparison.Ordinal)));
        Assert.Equal(DecisionCodes.ScopeUnknownTool, (await binding.InvokeAsync(ToolArguments.Empty, Words.Done)).Decision.Code);
        Assert.Equal(["shop.send", "shop.post", "shop:send"], (await host.RecordsAsync(AuditRecordKind.Decision)).Select(static d => d.Tool));
    }

    [Fact]
    public async Task A_host_without_a_policy_denies_it()
    {
        await using GovernedHost host = GovernedHost.Start(policy: null);
        Assert.Equal(DecisionCodes.PolicyMissing, (await host.Session().Bind("shop", "send").InvokeAsync(ToolArguments.Empty, Words.Done)).Decision.Code);
    }
}
