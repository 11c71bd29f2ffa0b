using ModelContextProtocol.Protocol;
using ToolGuardrails.ModelContextProtocol.Tests.Kit;

namespace ToolGuardrails.ModelContextProtocol.Tests;

/// <summary>docs/mcp.md, Hints: what a server says of its tools raises a tier and never lowers one.</summary>
public sealed class HintTests
{
    public static TheoryData<string, ToolAnnotations?, string, string> Hints() => new()
    {
        { "orders_note", new() { DestructiveHint = true }, "require_approval", "high" },
        { "orders_note", new() { DestructiveHint = true, ReadOnlyHint = false }, "require_approval", "high" },
        { "orders_get", new() { ReadOnlyHint = false }, "require_approval", "medium" },
        { "orders_get", new() { ReadOnlyHint = false, DestructiveHint = false }, "require_approval", "medium" },
        { "orders_note", new() { ReadOnlyHint = false, DestructiveHint = false }, "allow", "low" },
        { "orders_note", new() { ReadOnlyHint = true, DestructiveHint = true }, "allow", "low" },
        { "orders_note", new() { IdempotentHint = false, OpenWorldHint = true }, "allow", "low" },
        { "orders_note", new(), "allow", "low" },
        { "orders_note", null, "allow", "low" },
        { "refunds_create", new() { ReadOnlyHint = true, DestructiveHint = false }, "require_approval", "medium" },
        { "prices_set", new() { ReadOnlyHint = true, DestructiveHint = false }, "require_approval", "high" },
    };

    [Theory]
    [MemberData(nameof(Hints))]
    public async Task A_hint_raises_a_tier_and_never_lowers_one(string tool, ToolAnnotations? hints, string effect, string tier)
    {
        await using Desk desk = await Desk.OpenAsync(new() { Declare = n => WrittenTool.Declare(n, annotations: hints) });
        await desk.CallAsync(tool, tool switch
        {
            "refunds_create" => """{"order":1,"amount":5}""",
            "prices_set" => """{"sku":"A","price":2}""",
            _ => """{"id":7}""",
        });
        Assert.Equal([(effect, tier)], (await desk.DecisionsAsync()).Select(static d => (d.Effect!, d.GetString("tier")!)));
        Assert.Equal(effect == "allow" ? 1 : 0, desk.Ran.Count);
    }

    [Theory]
    [InlineData(true, "allow")]
    [InlineData(false, "require_approval")]
    public async Task Of_a_server_that_the_policy_trusts_the_policys_tier_stands(bool trusted, string effect)
    {
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Policy = trusted ? Desk.Policy : Desk.Policy.Replace("\"trusted\": true", "\"trusted\": false", StringComparison.Ordinal),
            Tools = ["rows"],
            Declare = static n => WrittenTool.Declare(n, annotations: new() { DestructiveHint = true }),
            Guard = static b => b.WithGuardrails("desk", Desk.Dana, options: new() { Server = "warehouse" }),
        });
        await desk.CallAsync("rows");
        Assert.Equal([effect], (await desk.DecisionsAsync()).Select(static d => d.Effect!));
    }

    [Fact]
    public async Task What_a_destructive_hint_raises_isnt_the_clients_to_confirm()
    {
        await using Desk desk = await Desk.OpenAsync(new() { Declare = static n => WrittenTool.Declare(n, annotations: new() { DestructiveHint = true }), Asked = static _ => throw new InvalidOperationException("asked") });
        Assert.Contains("waits", Desk.TextOf(await desk.CallAsync("orders_note")), StringComparison.Ordinal);
        Assert.Equal("Its server says that the tool can destroy something, and the policy has a lower tier for it.", Assert.Single(Assert.Single(await desk.Pipeline.Approvals.ReadAsync()).Request.Why));
    }
}
