namespace ToolGuardrails.Tests.Explaining;

/// <summary>The sentence of one rule: which comparison decided, on which value, and what was wanted.</summary>
public sealed class FindingTests
{
    // Every kind of argument, all of which may be absent; facts at the policy.
    private const string Declared = """{ "n": "number?", "s": "string?", "b": "boolean?", "l": "string[]?", "i": "integer[]?", "x": "any?", "odd\\\\name": "string?" }""";

    [Theory]
    [InlineData("""{ "arg.n": { "under": 5 } }""", """{"n":5e0}""", "doesn't match: arg.n is 5e0, and the condition wants under 5.")]
    [InlineData("""{ "arg.n": { "over": 5 } }""", """{"n":6}""", "matches: arg.n is 6, and the condition wants over 5.")]
    [InlineData("""{ "arg.n": { "between": [1, 2] } }""", """{"n":3}""", "doesn't match: arg.n is 3, and the condition wants between 1 and 2.")]
    [InlineData("""{ "arg.n": { "under": 5 } }""", "{}", "doesn't match, because it can't be decided: arg.n is absent, and the condition wants under 5.")]
    [InlineData("""{ "arg.n": { "under": 5 } }""", """{"n":null}""", "doesn't match, because it can't be decided: arg.n is null, and the condition wants under 5.")]
    [InlineData("""{ "arg.s": { "equals": "é" } }""", """{"s":"\u00e9!"}""", "doesn't match: arg.s is \"é!\", and the condition wants \"é\".")]
    [InlineData("""{ "arg.s": { "in": ["a", "b"] } }""", """{"s":"b"}""", "matches: arg.s is \"b\", and the condition wants one of \"a\", \"b\".")]
    [InlineData("""{ "arg.s": { "startsWith": "a" } }""", """{"s":"b"}""", "doesn't match: arg.s is \"b\", and the condition wants a text that begins with \"a\".")]
    [InlineData("""{ "arg.s": { "endsWith": "a" } }""", """{"s":"b"}""", "doesn't match: arg.s is \"b\", and the condition wants a text that ends with \"a\".")]
    [InlineData("""{ "arg.s": { "within": "/srv" } }""", """{"s":"/srv/../etc"}""", "doesn't match, because it can't be decided: arg.s is \"/srv/../etc\", and the condition wants a plain path within \"/srv\".")]
    [InlineData("""{ "arg.s": { "host": ["a.example", "b.example"] } }""", """{"s":"https://c.example"}""", "doesn't match: arg.s is \"https://c.example\", and the condition wants a web address on one of \"a.example\", \"b.example\".")]
    [InlineData("""{ "arg.s": { "address": "a.example" } }""", """{"s":"x@b.example"}""", "doesn't match: arg.s is \"x@b.example\", and the condition wants one bare mail address at \"a.example\".")]
    [InlineData("""{ "arg.b": { "equals": true } }""", """{"b":false}""", "doesn't match: arg.b is false, and the condition wants true.")]
    [InlineData("""{ "arg.s": { "exists": true } }""", """{"s":null}""", "doesn't match: arg.s is null, and the condition wants it to be there.")]
    [InlineData("""{ "not": { "arg.s": { "exists": true } } }""", """{"s":"a"}""", "doesn't match: arg.s is \"a\", and the condition wants it to be absent.")]
    [InlineData("""{ "arg.l": { "exists": false } }""", """{"l":["a"]}""", "doesn't match: arg.l is [\"a\"], and the condition wants it to be absent.")]
    [InlineData("""{ "not": { "arg.n": { "over": 5 } } }""", """{"n":6}""", "doesn't match: arg.n is 6, and the condition wants not over 5.")]
    [InlineData("""{ "not": { "not": { "arg.n": { "over": 5 } } } }""", """{"n":6}""", "matches: arg.n is 6, and the condition wants over 5.")]
    [InlineData("""{ "arg.l": { "startsWith": "a" } }""", """{"l":["a","b"]}""", "doesn't match: arg.l is [\"a\",\"b\"], and the condition wants a text that begins with \"a\" for every element.")]
    [InlineData("""{ "not": { "arg.l": { "equals": "a" } } }""", """{"l":["a","b"]}""", "doesn't match: arg.l is [\"a\",\"b\"], and the condition wants not \"a\" for every element.")]
    [InlineData("""{ "arg.l": { "startsWith": "a" } }""", """{"l":[]}""", "doesn't match, because it can't be decided: arg.l is [], and the condition wants a text that begins with \"a\" for every element.")]
    [InlineData("""{ "arg.x": { "over": 1 } }""", """{"x":{"b":1, "a":2}}""", "doesn't match, because it can't be decided: arg.x is {\"a\":2,\"b\":1}, and the condition wants over 1.")]
    [InlineData("""{ "arg.n": { "over": 1 }, "arg.s": { "equals": "a" }, "arg.b": { "equals": true } }""", """{"n":2,"s":"b","b":false}""", "doesn't match: arg.s is \"b\", and the condition wants \"a\".")]
    [InlineData("""{ "arg.n": { "over": 1 }, "arg.s": { "equals": "a" } }""", """{"n":2,"s":"a"}""", "matches: arg.n is 2, and the condition wants over 1; arg.s is \"a\", and the condition wants \"a\".")]
    [InlineData("""{ "arg.n": { "over": 1 }, "arg.s": { "equals": "a" } }""", """{"s":"b"}""", "doesn't match: arg.s is \"b\", and the condition wants \"a\".")]
    [InlineData("""{ "any": [ { "arg.n": { "over": 1 } }, { "arg.s": { "equals": "a" } } ] }""", """{"n":0,"s":"a"}""", "matches: arg.s is \"a\", and the condition wants \"a\".")]
    [InlineData("""{ "any": [ { "arg.n": { "over": 1 } }, { "arg.s": { "equals": "a" } } ] }""", """{"n":0}""", "doesn't match, because it can't be decided: arg.s is absent, and the condition wants \"a\".")]
    [InlineData("""{ "arg.n": { "over": 1, "under": 9 }, "arg.s": { "equals": "a" }, "arg.b": { "equals": true }, "ctx.limit": { "over": 1 } }""", """{"n":2,"s":"a","b":true}""", "matches: arg.n is 2, and the condition wants over 1; arg.n is 2, and the condition wants under 9; arg.s is \"a\", and the condition wants \"a\"; and 2 more comparisons.")]
    [InlineData("""{ "ctx.environment": { "equals": "staging" } }""", "{}", "doesn't match: ctx.environment is \"production\", and the condition wants \"staging\".")]
    [InlineData("""{ "ctx.subject": { "equals": "x|y" } }""", "{}", "doesn't match: ctx.subject is \"https://id.example|dana\", and the condition wants \"x|y\".")]
    [InlineData("""{ "ctx.tenant": { "equals": "north" } }""", "{}", "doesn't match, because it can't be decided: ctx.tenant is absent, and the condition wants \"north\".")]
    [InlineData("""{ "ctx.session": { "equals": "s9" } }""", "{}", "doesn't match: ctx.session is \"session\", and the condition wants \"s9\".")]
    [InlineData("""{ "ctx.access": { "equals": "read" } }""", "{}", "doesn't match: ctx.access is [\"read\",\"write\"], and the condition wants \"read\" for every element.")]
    [InlineData("""{ "arg.odd\\\\name": { "equals": "a" } }""", "{}", "doesn't match, because it can't be decided: arg.odd\\u{5C}\\u{5C}name is absent, and the condition wants \"a\".")]
    public void A_grant_says_what_decided(string where, string arguments, string sentence) =>
        Assert.Equal($"Grant 'grant:a/g' {sentence}", Find("grant:a/g", where, arguments).Text);

    [Theory]
    [InlineData("""{ "arg.l": { "equals": "a" } }""", """{"l":["a","b"]}""", PolicyRuleMatch.Matched, "matches: arg.l is [\"a\",\"b\"], and the condition wants \"a\" for one element.")]
    [InlineData("""{ "not": { "arg.l": { "equals": "a" } } }""", """{"l":["a","b"]}""", PolicyRuleMatch.Matched, "matches: arg.l is [\"a\",\"b\"], and the condition wants not \"a\" for one element.")]
    [InlineData("""{ "arg.n": { "under": 5 } }""", "{}", PolicyRuleMatch.Undecided, "counts as matched, because it can't be ruled out: arg.n is absent, and the condition wants under 5.")]
    [InlineData("""{ "arg.n": { "under": 5 } }""", """{"n":6}""", PolicyRuleMatch.NotMatched, "doesn't match: arg.n is 6, and the condition wants under 5.")]
    public void A_deny_says_what_decided(string where, string arguments, PolicyRuleMatch match, string sentence)
    {
        PolicyRuleFinding finding = Find("deny:d", where, arguments);
        Assert.Equal((match, match != PolicyRuleMatch.NotMatched, $"Deny 'deny:d' {sentence}"), (finding.Match, finding.Counts, finding.Text));
    }

    [Theory]
    [InlineData("""{"n":4}""", PolicyRuleMatch.Matched, true, "matches, so the call is of tier medium at least: arg.n is 4, and the condition wants under 5.")]
    [InlineData("{}", PolicyRuleMatch.Undecided, true, "counts as matched, because it can't be ruled out, so the call is of tier medium at least: arg.n is absent, and the condition wants under 5.")]
    [InlineData("""{"n":6}""", PolicyRuleMatch.NotMatched, false, "doesn't match: arg.n is 6, and the condition wants under 5.")]
    public void A_risk_says_what_it_does(string arguments, PolicyRuleMatch match, bool counts, string sentence)
    {
        PolicyRuleFinding finding = Find("risk:r", """{ "arg.n": { "under": 5 } }""", arguments);
        Assert.Equal((match, counts, $"Risk 'risk:r' {sentence}"), (finding.Match, finding.Counts, finding.Text));
    }

    [Fact]
    public void A_grant_that_cannot_be_decided_does_not_count() =>
        Assert.False(Find("grant:a/g", """{ "arg.n": { "under": 5 } }""", "{}").Counts);

    [Fact]
    public void A_grant_that_lacks_one_of_the_tools_accesses_says_which_it_lists()
    {
        PolicyRuleFinding finding = Find("grant:a/narrow", "{}", "{}");
        Assert.Equal((PolicyRuleMatch.NotConcerned, "Grant 'grant:a/narrow' doesn't reach 't': it lists 'read', and the tool has 'read' and 'write'."), (finding.Match, finding.Text));
    }

    [Fact]
    public void A_long_value_is_cut_and_its_length_is_told()
    {
        string text = new('a', 300);
        Assert.Contains($"arg.s is \"{text[..199]}... (302 characters in all), and", Find("grant:a/g", """{ "arg.s": { "equals": "b" } }""", $$"""{"s":"{{text}}"}""").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_of_two_halves_is_not_cut_apart()
    {
        string text = new string('a', 198) + "😀" + new string('a', 10);
        Assert.Contains($"arg.s is \"{text[..198]}... (", Find("grant:a/g", """{ "arg.s": { "equals": "b" } }""", $$"""{"s":"{{text}}"}""").Text, StringComparison.Ordinal);
    }

    // One condition in a grant, a deny and a risk.
    private static PolicyRuleFinding Find(string rule, string condition, string arguments)
    {
        var policy = GuardrailPolicy.Parse($$"""
            { "version": 1, "name": "p", "facts": { "environment": "production", "limit": 5 },
              "tools": { "t": { "access": ["read", "write"], "tier": "medium", "arguments": {{Declared}} }, "r": { "access": ["read"], "tier": "low" } },
              "agents": { "a": { "owner": "Ada", "tier": "high", "grants": [ { "id": "g", "tools": "t", "access": ["read", "write"], "where": {{condition}} }, { "id": "narrow", "tools": "*" } ] } },
              "deny": [ { "id": "d", "tools": "t", "where": {{condition}} } ],
              "risks": [ { "id": "r", "tools": "t", "when": {{condition}}, "tier": "medium" } ] }
            """);
        PolicyExplanation explanation = PolicyExplanation.Of(policy, new PolicyQuestion { Agent = "a", Tool = "t", Arguments = ToolArguments.FromJson(arguments), Subject = GovernedHost.Dana });
        return explanation.Findings.Single(f => f.Rule.Id == rule);
    }
}
