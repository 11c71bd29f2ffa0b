using System.Text;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T41: a policy with long texts, many errors or many comments loads, or is refused, in proportion to its length.</summary>
[Collection(Allocation.AllocationCollection.Name)]
[Trait("Speed", "slow")]
public sealed class T41_long_policies_load_in_proportion
{
    private static readonly Dictionary<string, Func<int, string>> Policies = new(StringComparer.Ordinal)
    {
        ["a long text to say"] = static n => Whole($$"""{ "id": "d", "tools": "t", "says": "{{new string('x', n)}}" }"""),
        ["braces in a text to say"] = static n => Whole($$"""{ "id": "d", "tools": "t", "says": "{{Repeat("{arg.x}", n)}}" }"""),
        ["a long value"] = static n => Whole($$"""{ "id": "d", "tools": "t", "where": { "arg.x": { "equals": "{{new string('x', n)}}" } } }"""),
        ["many values"] = static n => Whole($$"""{ "id": "d", "tools": "t", "where": { "arg.x": { "in": [ "x"{{Repeat(",\"y\"", n)}} ] } } }"""),
        ["many conditions"] = static n => Whole($$"""{ "id": "d", "tools": "t", "where": { "any": [ { "arg.x": { "equals": "x" } }{{Repeat(""", { "arg.x": { "equals": "y" } }""", n)}} ] } }"""),
        ["a long unknown name"] = static n => Whole($$"""{ "id": "d", "tools": "t", "{{new string('i', n)}}": 1 }"""),
        ["a long pattern"] = static n => Whole($$"""{ "id": "d", "tools": "{{new string('*', n)}}" }"""),
        ["many errors"] = static n => Whole($$"""{ "id": "d", "tools": "t", "where": { "arg.x": { "in": [ 1{{Repeat(",null", n)}} ] } } }"""),
        ["comments"] = static n => Repeat("/* * / */ // x\n", n) + Whole(""" { "id": "d", "tools": "t" } """),
    };

    public static TheoryData<string> EveryPolicy => [.. Policies.Keys];

    [Theory]
    [MemberData(nameof(EveryPolicy))]
    public void A_policy_twice_as_long_costs_twice_as_much(string which)
    {
        string once = Policies[which](50_000);
        string twice = Policies[which](100_000);
        long first = Allocated(once);
        long second = Allocated(twice);
        Assert.True(second <= 3 * first + 65_536, $"{which}: {first} bytes for a policy, {second} for one twice as long.");
    }

    // A comment without an end was looked for again at every later '/': for two million of them, work without an end.
    [Theory]
    [InlineData("/* ")]
    [InlineData("/")]
    [InlineData("// \u2028")]
    [InlineData("/*/")]
    [InlineData("\"/*")]
    public void Comments_without_an_end_are_refused_and_read_once(string repeated)
    {
        string text = "{ " + Repeat(repeated, 8_000_000);
        Assert.Single(Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(text)).Errors);
    }

    private static long Allocated(string policy)
    {
        Load(policy);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Load(policy);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Load(string policy)
    {
        try
        {
            _ = GuardrailPolicy.Parse(policy);
        }
        catch (GuardrailPolicyException e)
        {
            Assert.NotEmpty(e.Errors);
        }
    }

    private static string Whole(string deny) => $$"""
        { "version": 1, "name": "x", "tools": { "t": { "access": ["read"], "tier": "low", "arguments": { "x": "string" } } },
          "agents": { "clerk": { "owner": "Ada", "tier": "low", "grants": [ { "id": "g", "tools": "t" } ], "deny": [ {{deny}} ] } } }
        """;

    private static string Repeat(string text, int length) => new StringBuilder().Insert(0, text, length / text.Length).ToString();
}
