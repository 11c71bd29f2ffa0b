using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Xunit.Abstractions;

namespace ToolGuardrails.Gateway.Tests.Inventory;

/// <summary>What an inventory proposes for the tools of a few hundred real servers and benchmarks.</summary>
[Trait("Speed", "slow")]
public sealed class CorpusInventoryTests(ITestOutputHelper output)
{
    private static readonly ToolAccess Effects = ToolAccess.Write | ToolAccess.Delete | ToolAccess.Execute | ToolAccess.Send;

    [CorpusFact]
    public void Every_tool_of_every_server_gets_a_proposal_and_the_policy_loads()
    {
        int tools = 0;
        foreach ((string server, McpInventory inventory, Row[] rows) in Servers())
        {
            Assert.Empty(inventory.LeftOut);
            Assert.Equal(rows.Select(static r => r.Tool.Name), inventory.Tools.Select(static t => t.Tool.Name));
            Assert.All(inventory.Tools, static t => Assert.True(t.Access != ToolAccess.None && t.Tier != RiskTier.Unclassified && t.Why.StartsWith("Proposed and not reviewed: ", StringComparison.Ordinal), t.Id));
            GuardrailPolicy policy = GuardrailPolicy.Parse(inventory.ToPolicyJson(server, ServerTools.Review));
            Assert.All(inventory.Tools, t => Assert.Equal(t.Id, policy.FindTool(inventory.Server, t.Tool.Name)));
            tools += inventory.Tools.Count;
        }

        output.WriteLine($"{tools} tools");
        Assert.InRange(tools, 2000, int.MaxValue);
    }

    [CorpusFact]
    public void Nothing_that_its_source_calls_an_effect_is_low()
    {
        string[] low = [.. Proposals().Where(static p => p.Row.IsEffect && (p.Proposal.Tier == RiskTier.Low || (p.Proposal.Access & Effects) == 0)).Select(static p => $"{p.Row.Server} {p.Proposal.Id}")];
        Assert.True(low.Length == 0, string.Join("\n", low));
    }

    [CorpusFact]
    public void No_hint_of_an_untrusted_server_lowers_anything()
    {
        foreach ((string server, McpInventory inventory, Row[] rows) in Servers())
        {
            McpInventory mute = McpInventory.Of(inventory.Server, rows.Select(static r => r.Without()));
            Assert.All(inventory.Tools.Zip(mute.Tools), pair =>
            {
                Assert.True(pair.First.Tier >= pair.Second.Tier, $"{server} {pair.First.Id}");
                Assert.Equal(pair.Second.Access & Effects, pair.First.Access & pair.Second.Access & Effects);
            });
        }
    }

    // Not a promise, but what keeps the proposals worth reading: who has to raise or lower each of them reviews nothing.
    [CorpusFact]
    public void Most_of_what_its_source_says_to_read_only_is_proposed_to_read_only()
    {
        var reads = Proposals().Where(static p => p.Row.IsRead).ToArray();
        int low = reads.Count(static p => p.Proposal.Tier == RiskTier.Low);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{low} of {reads.Length}"));
        foreach (var other in reads.Where(static p => p.Proposal.Tier != RiskTier.Low))
        {
            output.WriteLine($"{other.Row.Server} {other.Proposal.Tool.Name}: {other.Proposal.Why}");
        }

        Assert.InRange(low * 100 / reads.Length, 70, 100);
    }

    private static IEnumerable<(Row Row, McpToolProposal Proposal)> Proposals() =>
        Servers().SelectMany(static s => s.Rows.Zip(s.Inventory.Tools));

    private static IEnumerable<(string Server, McpInventory Inventory, Row[] Rows)> Servers()
    {
        foreach (IGrouping<string, Row> server in File.ReadLines(Path.Combine(Repository.Shared!, "tools.jsonl")).Select(Row.Read).GroupBy(static r => $"{r.Suite} {r.Server}"))
        {
            // Some suites list one tool in several versions.
            Row[] rows = [.. server.DistinctBy(static r => r.Tool.Name)];
            yield return (server.Key, McpInventory.Of("server", rows.Select(static r => r.Tool)), rows);
        }
    }

    private sealed record Row(string Suite, string Server, Tool Tool, JsonObject Hints)
    {
        /// <summary>Whether the source, be it a benchmark's authors or the server itself, says that it changes something.</summary>
        public bool IsEffect => Says("x-noSideEffect", "false") || Says("x-toolType", "\"WRITE\"") || Says("readOnlyHint", "false") || Says("destructiveHint", "true");

        public bool IsRead => !IsEffect && (Says("x-noSideEffect", "true") || Says("x-toolType", "\"READ\"") || Says("readOnlyHint", "true"));

        public static Row Read(string line)
        {
            JsonObject row = JsonNode.Parse(line)!.AsObject();
            JsonObject hints = row["annotations"] as JsonObject ?? [];
            var tool = new JsonObject { ["name"] = row["tool"]!.DeepClone(), ["description"] = row["description"]?.DeepClone() };
            JsonObject schema = row["inputSchema"] as JsonObject ?? new JsonObject { ["additionalProperties"] = true };
            schema["type"] ??= "object";
            tool["inputSchema"] = schema.DeepClone();
            if (hints.Count > 0)
            {
                tool["annotations"] = hints.DeepClone();
            }

            return new Row(row["suite"]!.GetValue<string>(), row["server"]!.GetValue<string>(), ServerTools.Tool(tool.ToJsonString()), hints);
        }

        public Tool Without() => new() { Name = Tool.Name, Description = Tool.Description, InputSchema = Tool.InputSchema };

        private bool Says(string hint, string value) => Hints[hint]?.ToJsonString() == value;
    }
}
