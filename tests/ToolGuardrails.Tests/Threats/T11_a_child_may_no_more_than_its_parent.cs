using System.Text;

namespace ToolGuardrails.Tests.Threats;

// Random policies and random trees of sessions down to depth 6, always the same ones.
public sealed class T11_a_child_may_no_more_than_its_parent
{
    private const int Cases = 2_000;
    private const int Tools = 4;
    private const int Agents = 4;
    private const int Depth = 6;
    private static readonly string[] Accesses = ["read", "write", "delete"];

    [Fact]
    public async Task In_2000_random_trees_no_child_may_what_its_parent_may_not()
    {
        var random = new Random(20260105);
        await using GovernedHost host = GovernedHost.Start(policy: null, static o => o.Guards.Add(new FixedGuard(Verdict.Allow)));
        var seen = new Dictionary<Effect, int>();
        for (int i = 0; i < Cases; i++)
        {
            string json = RandomPolicy(random);
            host.Pipeline.Publish(GuardrailPolicy.Parse(json));
            AgentSession parent = host.Session(AgentName(random));
            ToolArguments arguments = ToolArguments.FromJson($$"""{"n":{{random.Next(10)}}}""");
            for (int depth = 2; depth <= Depth; depth++)
            {
                AgentSession child = parent.StartChild(AgentName(random));
                AgentSession alone = host.Session(child.Identity.Agent);
                for (int t = 0; t < Tools; t++)
                {
                    Decision above = await parent.EvaluateAsync($"t{t}", arguments);
                    Decision own = await alone.EvaluateAsync($"t{t}", arguments);
                    Decision below = await child.EvaluateAsync($"t{t}", arguments);
                    Effect strictest = above.Effect < own.Effect ? above.Effect : own.Effect;
                    Assert.True(below.Effect <= strictest, $"Case {i}, t{t}, depth {depth}: parent {above}, alone {own}, child {below}\n{json}");
                    Assert.True(below.Effect == Effect.Deny || (below.Tier >= above.Tier && below.Tier >= own.Tier), $"Case {i}, t{t}, depth {depth}: tier {below.Tier}\n{json}");
                    seen[below.Effect] = seen.GetValueOrDefault(below.Effect) + 1;
                }

                parent = child;
            }
        }

        // A test in which everything is denied would show nothing.
        Assert.True(seen[Effect.Allow] > 500 && seen[Effect.RequireApproval] > 500 && seen[Effect.Deny] > 500, string.Join(", ", seen));
    }

    private static string AgentName(Random random) => random.Next(40) == 0 ? "unknown" : $"a{random.Next(Agents)}";

    private static string RandomPolicy(Random random)
    {
        var json = new StringBuilder("""{ "version": 1, "name": "r", "tools": { """);
        var access = new string[Tools];
        for (int t = 0; t < Tools; t++)
        {
            int set = random.Next(3) == 0 ? random.Next(1, 8) : 1;
            access[t] = string.Join(", ", Accesses.Where((_, i) => (set & (1 << i)) != 0).Select(static a => $"\"{a}\""));
            string tool = $$""" "t{{t}}": { "access": [{{access[t]}}], "tier": "{{(set == 1 ? "low" : "medium")}}", "arguments": { "n": "integer?" } } """;
            json.Append(t == 0 ? "" : ", ").Append(tool);
        }

        json.Append(""" }, "agents": { """);
        for (int a = 0; a < Agents; a++)
        {
            string agent = $$""" "a{{a}}": { "owner": "m@example.com", "tier": "{{(random.Next(3) == 0 ? "medium" : "high")}}", "grants": [ """;
            json.Append(a == 0 ? "" : ", ").Append(agent);
            json.AppendJoin(", ", Enumerable.Range(0, Tools).Where(_ => random.Next(8) > 0).Select(t => $$"""{ "id": "g{{t}}", "tools": "t{{t}}", "access": [{{access[t]}}]{{Where(random, "where")}} }"""));
            json.Append(" ], \"deny\": [ ");
            json.Append(random.Next(4) == 0 ? $$"""{ "id": "d{{a}}", "tools": "t{{random.Next(Tools)}}", "where": { "arg.n": { "over": {{random.Next(9)}} } } }""" : "");
            json.Append(" ] }");
        }

        json.Append(""" }, "risks": [ """);
        json.AppendJoin(", ", Enumerable.Range(0, random.Next(3)).Select(r => $$"""{ "id": "r{{r}}", "tools": "t{{random.Next(Tools)}}", "tier": "{{(random.Next(2) == 0 ? "medium" : "high")}}", "when": { {{Condition(random)}} } }"""));
        return json.Append(""" ], "tiers": { "high": { "approval": "perCall", "approvers": ["role:sre"] } } }""").ToString();
    }

    private static string Where(Random random, string member) => random.Next(2) == 0 ? "" : $$""", "{{member}}": { {{Condition(random)}} }""";

    private static string Condition(Random random) => random.Next(3) switch
    {
        0 => $$"""
            "ctx.agent": { "in": ["a{{random.Next(Agents)}}", "a{{random.Next(Agents)}}x"] }
            """,
        1 => $$"""
            "arg.n": { "under": {{random.Next(1, 10)}} }
            """,
        _ => $$"""
            "arg.n": { "over": {{random.Next(0, 9)}} }
            """,
    };
}
