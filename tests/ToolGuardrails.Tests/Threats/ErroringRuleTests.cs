namespace ToolGuardrails.Tests.Threats;

/// <summary>T25 and T26: a policy is either understood or refused, and a rule that can't be evaluated never grants and never fails to forbid.</summary>
public sealed class ErroringRuleTests
{
    private const string Policy = """
        { "version": 1, "name": "erroring",
          "tools": {
            "t": { "access": ["read"], "tier": "low", "arguments": { "x": "any?", "text": "string?", "number": "number?" } } },
          "agents": {
            "forbidden": { "owner": "Ada", "tier": "medium", "grants": [ { "id": "all", "tools": "*" } ], "deny": [ { "id": "d", "tools": "t", "where": WHERE } ] },
            "granted": { "owner": "Ada", "tier": "medium", "grants": [ { "id": "some", "tools": "*", "where": WHERE } ] },
            "nested": { "owner": "Ada", "tier": "medium", "grants": [ { "id": "every", "tools": "*" } ], "deny": [ { "id": "n", "tools": "t", "where": { "all": [ WHERE, { "ctx.agent": { "equals": "nested" } } ] } } ] } } }
        """;

    public static readonly TheoryData<string, string> CannotBeEvaluated = new()
    {
        { """{ "arg.number": { "over": 5 } }""", """{"number":1e1000000}""" },
        { """{ "arg.number": { "equals": 5 } }""", """{"number":1E-9999999}""" },
        { """{ "arg.number": { "over": 5 } }""", "{}" },
        { """{ "arg.number": { "over": 5 } }""", """{"number":null}""" },
        { """{ "arg.x": { "over": 5 } }""", """{"x":"6"}""" },
        { """{ "arg.x": { "over": 5 } }""", """{"x":{}}""" },
        { """{ "arg.x": { "over": 5 } }""", """{"x":[]}""" },
        { """{ "arg.x": { "over": 5 } }""", """{"x":[[6]]}""" },
        { """{ "arg.x": { "startsWith": "a" } }""", """{"x":0}""" },
        { """{ "arg.text": { "within": "/srv" } }""", """{"text":"/srv/../etc"}""" },
        { """{ "arg.text": { "host": "a.example" } }""", """{"text":"https://a.example@b.example/"}""" },
        { """{ "arg.text": { "address": "a.example" } }""", """{"text":"x@a.example, y@b.example"}""" },
        { """{ "not": { "arg.number": { "over": 5 } } }""", "{}" },
        { """{ "ctx.tenant": { "equals": "north" } }""", "{}" },
    };

    [Theory]
    [MemberData(nameof(CannotBeEvaluated))]
    public async Task A_rule_that_cannot_be_evaluated_forbids_and_does_not_grant(string where, string arguments)
    {
        await using GovernedHost host = GovernedHost.Start(Policy.Replace("WHERE", where, StringComparison.Ordinal));
        ToolArguments read = ToolArguments.FromJson(arguments);
        Assert.Equal(DecisionCodes.ScopeDenied, (await host.Session("forbidden").EvaluateAsync("t", read)).Code);
        Assert.Equal(DecisionCodes.ScopeDenied, (await host.Session("nested").EvaluateAsync("t", read)).Code);
        Assert.Equal(DecisionCodes.ScopeNoGrant, (await host.Session("granted").EvaluateAsync("t", read)).Code);
    }

    [Theory]
    [MemberData(nameof(CannotBeEvaluated))]
    public async Task A_risk_that_cannot_be_ruled_out_counts(string where, string arguments)
    {
        string policy = Policy.Replace("WHERE", """{ "ctx.agent": { "equals": "nobody" } }""", StringComparison.Ordinal).Replace("\"agents\"", $$"""
            "risks": [ { "id": "r", "tools": "t", "when": {{where}}, "tier": "medium" } ], "agents"
            """, StringComparison.Ordinal);
        await using GovernedHost host = GovernedHost.Start(policy);
        Decision decision = await host.Session("forbidden").EvaluateAsync("t", ToolArguments.FromJson(arguments));
        Assert.Equal((Effect.RequireApproval, RiskTier.Medium), (decision.Effect, decision.Tier));
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"version\": 1", "\"version\": \"1\"")]
    [InlineData("\"name\": \"erroring\"", "\"name\": \"erroring\", \"mode\": \"shadow\"")]
    [InlineData("\"tier\": \"low\"", "\"tier\": \"Low\"")]
    [InlineData("\"tier\": \"low\"", "\"tier\": \"none\"")]
    [InlineData("\"tier\": \"low\",", "")]
    [InlineData("\"access\": [\"read\"]", "\"access\": [\"Read\"]")]
    [InlineData("\"access\": [\"read\"]", "\"access\": []")]
    [InlineData("\"owner\": \"Ada\",", "")]
    [InlineData("\"id\": \"all\"", "\"id\": \"every\", \"tool\": \"t\"")]
    [InlineData("\"id\": \"all\"", "\"id\": \"a b\"")]
    [InlineData("\"tools\": \"t\"", "\"tools\": \"t*t\"")]
    [InlineData("\"tools\": \"t\"", "\"tools\": [\"t\"]")]
    [InlineData("\"where\"", "\"when\"")]
    [InlineData("} } }", "} }")]
    public void A_policy_with_one_thing_wrong_does_not_load(string right, string wrong)
    {
        string whole = Policy.Replace("WHERE", """{ "arg.number": { "over": 5 } }""", StringComparison.Ordinal);
        GuardrailPolicy.Parse(whole);
        int at = whole.IndexOf(right, StringComparison.Ordinal);
        Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(whole[..at] + wrong + whole[(at + right.Length)..]));
    }
}
