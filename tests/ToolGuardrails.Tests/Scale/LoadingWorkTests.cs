using System.Globalization;
using ToolGuardrails.Tests.Allocation;

namespace ToolGuardrails.Tests.Scale;

/// <summary>What loading a policy costs, and what a slot costs beside rules that don't concern it. Counted in bytes: timing never fails a test.</summary>
[Collection(Allocation.AllocationCollection.Name)]
[Trait("Speed", "slow")]
public sealed class LoadingWorkTests
{
    private const int Megabyte = 1 << 20;

    // Each makes a policy of about n rules, and of a tenth as many tools. Where each rule was compared with each other one or with each tool, twice as many cost four times as much.
    private static readonly Dictionary<string, Func<int, string>> Policies = new(StringComparer.Ordinal)
    {
        ["rules of every kind"] = static n => ScaledPolicy.Of(agents: 50, n / 10, n).ToJson(),
        ["one agent's grants of one tool"] = static n => Whole(n / 10, Grants(n, static i => $$"""{ "id": "g{{i}}", "tools": "f001.t00020", "where": { "arg.s": { "equals": "v{{i}}" } } }""")),
        ["one agent's grants of every tool"] = static n => Whole(n / 10, Grants(n, static i => $$"""{ "id": "g{{i}}", "tools": "*", "where": { "arg.s": { "equals": "v{{i}}" }, "ctx.env": { "in": ["a", "v{{i}}"] } } }""")),
        ["one agent's eligible entries of every tool"] = static n => Whole(n / 10, $""" "grants": [ {Join(n / 2, static i => $$"""{ "id": "g{{i}}", "tools": "f001.t00020", "where": { "arg.s": { "equals": "v{{i}}" } } }""")} ], "eligible": [ {Join(n / 2, static i => $$"""{ "id": "e{{i}}", "tools": "*", "for": "00:15:00", "uses": 3, "where": { "arg.s": { "equals": "v{{i}}" } } }""")} ] """),
        ["denies of every tool"] = static n => Whole(n / 10, Grants(1, static _ => """{ "id": "g", "tools": "*" }"""), Join(n, static i => $$"""{ "id": "d{{i}}", "tools": "*", "where": { "arg.s": { "equals": "v{{i}}" } }, "says": "no {arg.s}" }""")),
        ["denies of tools to come"] = static n => Whole(n / 10, Grants(1, static _ => """{ "id": "g", "tools": "*" }"""), Join(n, static i => $$"""{ "id": "d{{i}}", "tools": "later-{{i}}.*", "where": { "ctx.env": { "equals": "v{{i}}" } } }""")),
    };

    public static TheoryData<string> EveryPolicy => [.. Policies.Keys];

    [Theory]
    [MemberData(nameof(EveryPolicy))]
    public void A_policy_with_twice_as_many_rules_and_tools_costs_twice_as_much(string which)
    {
        string once = Policies[which](3_000);
        string twice = Policies[which](6_000);
        long first = BytesOf(() => GuardrailPolicy.Parse(once));
        long second = BytesOf(() => GuardrailPolicy.Parse(twice));
        Assert.True(second <= 2.2 * first + Megabyte, string.Create(CultureInfo.InvariantCulture, $"{which}: {first} bytes for a policy, {second} for one twice as large."));
    }

    [Fact]
    public void A_large_policy_takes_tens_of_megabytes_at_most_with_all_the_slots_that_are_kept()
    {
        string json = ScaledPolicy.Large().ToJson();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var policy = GuardrailPolicy.Parse(json);
        long loaded = GC.GetTotalMemory(forceFullCollection: true) - before;
        ToolGuardrails.Policy.PolicyEpoch epoch = Epochs.Of(policy);
        foreach (string agent in policy.Agents.Take(20))
        {
            foreach (string tool in policy.Tools)
            {
                epoch.Resolve(Epochs.Session(agent), tool);
            }
        }

        long resolved = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(loaded, 0, 32 * Megabyte);
        Assert.InRange(resolved, 0, 64 * Megabyte);
        GC.KeepAlive(epoch);
    }

    [Fact]
    public void Rules_agents_and_tools_that_do_not_concern_a_call_cost_its_slot_nothing()
    {
        var small = GuardrailPolicy.Parse(Whole(21, Grants(3, Mine)));
        var large = GuardrailPolicy.Parse(Whole(1_000, Grants(3, Mine), Join(9_000, static i => $$"""{ "id": "d{{i}}", "tools": "{{(i % 2 == 0 ? ScaledPolicy.ToolId(40 + (i % 900)) : $"f04{i % 10}*")}}", "where": { "arg.s": { "equals": "v{{i}}" } } }""")));
        Assert.Equal(BytesOf(() => Resolve(small)), BytesOf(() => Resolve(large)));

        static string Mine(int i) => $$"""{ "id": "g{{i}}", "tools": "{{(i == 0 ? "*" : "f001.t00020")}}", "where": { "arg.s": { "equals": "v{{i}}" } } }""";
    }

    private static byte[] Resolve(GuardrailPolicy policy) => Epochs.Of(policy).Resolve(Epochs.Session("clerk"), ScaledPolicy.ToolId(20)).Digest.Value;

    private static long BytesOf<T>(Func<T> make) => Allocated.InOneRun(() => { make(); });

    private static string Whole(int tools, string clerk, string denies = "") => $$"""
        { "version": 1, "name": "scaled", "facts": { "env": "b" }, "deny": [ {{denies}} ], "tools": { {{Join(tools, static t => $$"""
        "{{ScaledPolicy.ToolId(t)}}": { "access": ["read"], "tier": "low", "arguments": { "s": "string" } }
        """)}} }, "agents": { "clerk": { "owner": "Ada", "tier": "medium", {{clerk}} } }, "tiers": { "medium": { "approvers": ["role:lead"] } } }
        """;

    private static string Grants(int count, Func<int, string> grant) => $"\"grants\": [ {Join(count, grant)} ]";

    private static string Join(int count, Func<int, string> write) => string.Join(",\n", Enumerable.Range(0, count).Select(write));
}
