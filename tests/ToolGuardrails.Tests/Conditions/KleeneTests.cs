using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Conditions;

/// <summary>Kleene's tables for all, any and not, and what becomes of lists in a grant, a deny and a risk.</summary>
public sealed class KleeneTests
{
    private static readonly (char Word, string Condition)[] Parts =
    [
        ('T', """{ "arg.text": { "equals": "a" } }"""),
        ('F', """{ "arg.text": { "equals": "b" } }"""),
        ('U', """{ "arg.count": { "over": 1 } }"""),
    ];

    public static TheoryData<char, char> TwoOfThree()
    {
        var data = new TheoryData<char, char>();
        foreach (char a in "TFU")
        {
            foreach (char b in "TFU")
            {
                data.Add(a, b);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(TwoOfThree))]
    public async Task All_is_as_true_as_its_least_true_part(char a, char b)
    {
        char expected = a == 'F' || b == 'F' ? 'F' : a == 'U' || b == 'U' ? 'U' : 'T';
        await AssertAsync($$"""{ "all": [ {{Part(a)}}, {{Part(b)}} ] }""", expected);
        await AssertAsync($$"""{ "all": [ {{Part('T')}}, { "all": [ {{Part(a)}}, {{Part(b)}} ] } ] }""", expected);
    }

    [Theory]
    [MemberData(nameof(TwoOfThree))]
    public async Task Any_is_as_true_as_its_truest_part(char a, char b)
    {
        char expected = a == 'T' || b == 'T' ? 'T' : a == 'U' || b == 'U' ? 'U' : 'F';
        await AssertAsync($$"""{ "any": [ {{Part(a)}}, {{Part(b)}} ] }""", expected);
        await AssertAsync($$"""{ "any": [ {{Part('F')}}, { "any": [ {{Part(a)}}, {{Part(b)}} ] } ] }""", expected);
    }

    [Theory]
    [InlineData('T', 'F')]
    [InlineData('F', 'T')]
    [InlineData('U', 'U')]
    public async Task Not_turns_round_what_is_known_and_leaves_what_is_not(char a, char expected)
    {
        await AssertAsync($$"""{ "not": {{Part(a)}} }""", expected);
        await AssertAsync($$"""{ "not": { "not": {{Part(a)}} } }""", a);
    }

    [Theory]
    [MemberData(nameof(TwoOfThree))]
    public async Task The_laws_of_de_Morgan_hold(char a, char b)
    {
        await using var left = new ConditionHost($$"""{ "not": { "all": [ {{Part(a)}}, {{Part(b)}} ] } }""");
        await using var right = new ConditionHost($$"""{ "any": [ { "not": {{Part(a)}} }, { "not": {{Part(b)}} } ] }""");
        Assert.Equal(await left.TruthAsync(Arguments), await right.TruthAsync(Arguments));
    }

    [Fact]
    public async Task Members_of_a_condition_are_joined_by_and()
    {
        await AssertAsync("""{ "arg.text": { "equals": "a" }, "ctx.environment": { "equals": "production" } }""", 'T');
        await AssertAsync("""{ "arg.text": { "equals": "a" }, "ctx.environment": { "equals": "staging" } }""", 'F');
        await AssertAsync("""{ "arg.text": { "equals": "a" }, "arg.count": { "over": 1 } }""", 'U');
        await AssertAsync("""{ "arg.text": { "equals": "b" }, "any": [ { "arg.count": { "over": 1 } } ], "not": { "arg.flag": { "exists": true } } }""", 'F');
    }

    [Theory]
    // list, whether a grant that wants 'a' matches, whether a deny of 'a' matches
    [InlineData("""["a"]""", true, true)]
    [InlineData("""["a","a"]""", true, true)]
    [InlineData("""["b"]""", false, false)]
    [InlineData("""["a","b"]""", false, true)]
    [InlineData("""["b","a"]""", false, true)]
    [InlineData("[]", false, true)]
    [InlineData("[null]", false, true)]
    [InlineData("""["a",null]""", false, true)]
    [InlineData("""["b",null]""", false, true)]
    [InlineData("""["a",1]""", false, true)]
    [InlineData("""["b",{"x":"a"}]""", false, true)]
    [InlineData("""["b",["a"]]""", false, true)]
    [InlineData("""["b",[]]""", false, true)]
    public async Task A_grant_needs_all_elements_and_a_deny_or_risk_any(string list, bool grant, bool deny)
    {
        await using var host = new ConditionHost("""{ "arg.x": { "equals": "a" } }""");
        string arguments = $$"""{"x":{{list}}}""";
        Assert.Equal((grant, deny, deny), (await host.GrantMatchesAsync(arguments), await host.DenyMatchesAsync(arguments), await host.RiskMatchesAsync(arguments)));
    }

    [Theory]
    // list, whether a grant 'not a' matches, whether a deny 'not a' matches
    [InlineData("""["b"]""", true, true)]
    [InlineData("""["b","c"]""", true, true)]
    [InlineData("""["a"]""", false, false)]
    [InlineData("""["a","a"]""", false, false)]
    [InlineData("""["b","a"]""", false, true)]
    [InlineData("[]", false, true)]
    [InlineData("""["b",null]""", false, true)]
    public async Task Below_not_all_and_any_change_places(string list, bool grant, bool deny)
    {
        foreach (string where in new[] { """{ "not": { "arg.x": { "equals": "a" } } }""", """{ "not": { "not": { "not": { "arg.x": { "equals": "a" } } } } }""", """{ "not": { "any": [ { "arg.x": { "equals": "a" } } ] } }""" })
        {
            await using var host = new ConditionHost(where);
            string arguments = $$"""{"x":{{list}}}""";
            Assert.Equal((grant, deny, deny), (await host.GrantMatchesAsync(arguments), await host.DenyMatchesAsync(arguments), await host.RiskMatchesAsync(arguments)));
        }
    }

    [Theory]
    [InlineData("""{ "arg.texts": { "address": "customer.example" } }""", """{"texts":["a@customer.example","b@evil.example"]}""")]
    [InlineData("""{ "arg.counts": { "under": 100 } }""", """{"counts":[1,2,1000]}""")]
    [InlineData("""{ "arg.prices": { "between": [0, 1] } }""", """{"prices":[0.5,1e1000000]}""")]
    [InlineData("""{ "arg.flags": { "equals": true } }""", """{"flags":[true,false]}""")]
    [InlineData("""{ "arg.texts": { "within": "/srv" } }""", """{"texts":["/srv/a","/etc/passwd"]}""")]
    public async Task One_bad_element_is_enough_for_a_grant_to_fail_and_one_good_one_for_a_deny_to_match(string where, string arguments)
    {
        await using var host = new ConditionHost(where);
        Assert.False(await host.GrantMatchesAsync(arguments));
        Assert.True(await host.DenyMatchesAsync(arguments));
        Assert.True(await host.RiskMatchesAsync(arguments));
    }

    private const string Arguments = """{"text":"a"}""";

    private static string Part(char word) => Parts.Single(p => p.Word == word).Condition;

    private static Task AssertAsync(string where, char expected) => ConditionHost.AssertTruthAsync(where, Arguments, expected);
}
