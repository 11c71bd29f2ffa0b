using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Tests.Results;

/// <summary>The projection against a plain one on trees of nodes. The seed stands in each failure.</summary>
public sealed class ProjectionProperties
{
    [Fact]
    public async Task What_passes_is_what_a_plain_projection_passes()
    {
        int partly = 0;
        for (int seed = 0; seed < 80; seed++)
        {
            var dice = new JsonDice(seed);
            string[][] paths = dice.Paths();
            await using GovernedHost host = Orders.Host(Orders.Policy(Written(paths)));
            for (int i = 0; i < 50; i++)
            {
                string json = dice.Container();
                partly += await AssertAsync(host.Session(), json, [paths], $"seed {seed}, paths {Written(paths)}, result {json}");
            }
        }

        Assert.InRange(partly, 500, 4_000); // So that the test isn't about empty objects only.
    }

    [Fact]
    public async Task What_passes_in_a_child_session_is_one_projection_after_the_other()
    {
        for (int seed = 1_000; seed < 1_040; seed++)
        {
            var dice = new JsonDice(seed);
            string[][] parent = dice.Paths();
            string[][] child = dice.Paths();
            await using GovernedHost host = Orders.Host(Orders.WithGrants(
                $$"""[ { "id": "g", "tools": "orders.get", "fields": {{Written(parent)}} } ]""",
                $$""", "helper": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [ { "id": "g", "tools": "orders.get", "fields": {{Written(child)}} } ] }"""));
            for (int i = 0; i < 50; i++)
            {
                string json = dice.Container();
                await AssertAsync(host.Session().StartChild("helper"), json, [child, parent], $"seed {seed}, parent {Written(parent)}, child {Written(child)}, result {json}");
            }
        }
    }

    [Fact]
    public async Task The_fields_of_two_grants_pass_what_one_grant_with_both_passes()
    {
        for (int seed = 2_000; seed < 2_040; seed++)
        {
            var dice = new JsonDice(seed);
            string[][] one = dice.Paths();
            string[][] two = dice.Paths();
            await using GovernedHost host = Orders.Host(Orders.WithGrants($$"""
                [ { "id": "a", "tools": "orders.get", "where": { "ctx.tool": { "equals": "orders.get" } }, "fields": {{Written(one)}} }, { "id": "b", "tools": "orders.get", "fields": {{Written(two)}} } ]
                """));
            for (int i = 0; i < 50; i++)
            {
                string json = dice.Container();
                await AssertAsync(host.Session(), json, [[.. one, .. two]], $"seed {seed}, {Written(one)} and {Written(two)}, result {json}");
            }
        }
    }

    private static async Task<int> AssertAsync(AgentSession session, string json, string[][][] projections, string what)
    {
        JsonNode expected = JsonNode.Parse(json)!;
        int dropped = 0;
        foreach (string[][] paths in projections)
        {
            expected = NaiveJson.Project(expected, paths, ref dropped);
        }

        Same(expected, (await session.GetAsync(json)).GetValueOrThrow().GetRawText(), what);
        Same(expected, (await session.GetTextAsync(json)).GetValueOrThrow(), what);
        ToolCompletion completion = await session.CompleteAsync(ToolResult.FromText(json));
        Same(expected, Encoding.UTF8.GetString(completion.Result.Utf8.Span), what);
        Assert.True(dropped == completion.Dropped, $"{what}: {completion.Dropped} were dropped, not {dropped}");
        return dropped > 0 && expected.ToJsonString().Length > 2 ? 1 : 0;
    }

    private static void Same(JsonNode expected, string actual, string what) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected.ToJsonString()), JsonElement.Parse(actual)), $"{what}: expected {expected.ToJsonString()}, got {actual}");

    private static string Written(string[][] paths) => JsonSerializer.Serialize(paths.Select(JsonDice.Written));
}
