namespace ToolGuardrails.Tests.Explaining;

/// <summary>What an explanation says of eligible entries, and of gates that ask for more than one yes.</summary>
public sealed class ElevationExplanationTests
{
    private const string Given = " It could be given to 'a' for a while through 'eligible:a/write', for 00:15:00 and 3 calls, approved by ";

    [Fact]
    public void A_call_that_no_grant_allows_and_an_eligible_entry_covers_says_how_it_could_be_given()
    {
        PolicyExplanation explanation = Explain("""{"rows":5}""");
        Assert.Equal((Effect.Deny, DecisionCodes.ScopeNoGrant), (explanation.Effect, explanation.Code));
        Assert.Equal("'a' has no grant that reaches 'db.write'." + Given + "role:sre.", explanation.Reason);
        PossibleElevation elevation = Assert.Single(explanation.Elevations);
        Assert.Equal(("a", "eligible:a/write", TimeSpan.FromMinutes(15), 3), (elevation.Agent, elevation.ToString(), elevation.For, elevation.Uses));
        Assert.Equal(["role:sre"], elevation.Approvers);
        Assert.Equal("$.agents['a'].eligible[0]", elevation.Rule.Path);
        Assert.Equal(PolicyRuleKind.Eligible, elevation.Rule.Kind);
    }

    [Fact]
    public void The_entry_stands_among_the_findings_and_never_counts_by_itself() => Assert.Equal(
        """
        DENIED: 'a' may not make this call of 'db.write' (scope.no-grant).
        'a' has no grant that reaches 'db.write'. It could be given to 'a' for a while through 'eligible:a/write', for 00:15:00 and 3 calls, approved by role:sre.

        Denies:
          - Deny 'deny:many' doesn't match: arg.rows is 5, and the condition wants over 100. ($.deny[0])
        Grants:
            none
        Eligible:
          - Eligible entry 'eligible:a/write' matches: arg.rows is 5, and the condition wants under 500. ($.agents['a'].eligible[0])
          - Eligible entry 'eligible:a/all' doesn't reach 'db.write': it lists 'read', and the tool has 'write'. ($.agents['a'].eligible[1])
        Risks:
            none
        3 other rules are about other tools or agents.
        """,
        Explain("""{"rows":5}""").ToText());

    [Theory]
    [InlineData("a", """{"rows":500}""", DecisionCodes.ScopeNoGrant)]
    [InlineData("a", """{"rows":101}""", DecisionCodes.ScopeNoGrant)]
    [InlineData("a", """{"rows":null}""", DecisionCodes.ScopeNoGrant)]
    [InlineData("a", """{"rows":"5"}""", DecisionCodes.ScopeNoGrant)]
    [InlineData("a<low", """{"rows":5}""", DecisionCodes.ScopeNoGrant)]
    [InlineData("a<none", """{"rows":5}""", DecisionCodes.ScopeNoGrant)]
    [InlineData("nobody", """{"rows":5}""", DecisionCodes.ScopeUnknownAgent)]
    public void What_an_elevation_would_not_help_isnt_promised(string chain, string arguments, string code)
    {
        PolicyExplanation explanation = Explain(arguments, chain.Split('<'));
        Assert.Equal((Effect.Deny, code), (explanation.Effect, explanation.Code));
        Assert.Empty(explanation.Elevations);
        Assert.DoesNotContain("could be given", explanation.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_chain_every_agent_without_a_grant_needs_an_entry()
    {
        PolicyExplanation explanation = Explain("""{"rows":5}""", "a", "b");
        Assert.Equal(["a eligible:a/write", "b eligible:b/write"], explanation.Elevations.Select(static e => $"{e.Agent} {e}"));
        Assert.Equal(["role:sre", "role:lead"], explanation.Elevations.SelectMany(static e => e.Approvers));
    }

    [Theory]
    [InlineData("", "role:sre")]
    [InlineData(""", "quorum": 2""", "2 different people out of role:sre")]
    [InlineData(""", "quorum": 2, "escalate": { "after": "00:10:00", "to": ["role:lead", "role:cto"] }""", "2 different people out of role:sre; after 00:10:00 also role:lead, role:cto")]
    public void Who_gives_it_is_told_as_the_gate_has_it(string gate, string givers) =>
        Assert.EndsWith(Given + givers + ".", Explain(Policy(gate), """{"rows":5}""", "a").Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "Tier high asks for an approval of each call; approvers: role:sre.")]
    [InlineData(""", "quorum": 2, "comment": true""", "Tier high asks for an approval of each call by 2 different people, with a comment; approvers: role:sre.")]
    [InlineData(""", "escalate": { "after": "00:10:00", "to": ["role:lead"] }""", "Tier high asks for an approval of each call; approvers: role:sre; after 00:10:00 also role:lead.")]
    public void The_gates_text_says_how_many_and_who_else(string gate, string reason) =>
        Assert.Equal(reason, Explain(Policy(gate), "{}", "a", tool: "db.clean").Reason);

    [Fact]
    public void The_gate_is_told_with_all_that_it_asks()
    {
        PolicyExplanation asked = Explain(Policy(""", "quorum": 2, "comment": true, "escalate": { "after": "00:10:00", "to": ["role:lead"] }"""), "{}", "a", tool: "db.clean");
        Assert.Equal((2, true, TimeSpan.FromMinutes(10)), (asked.Quorum, asked.NeedsComment, asked.Escalation!.After));
        Assert.Equal(["role:lead"], asked.Escalation.To);
        PolicyExplanation denied = Explain("""{"rows":5}""");
        Assert.Equal((1, false, null), (denied.Quorum, denied.NeedsComment, denied.Escalation));
    }

    private static PolicyExplanation Explain(string arguments, params string[] agents) => Explain(Policy(""), arguments, agents.Length == 0 ? ["a"] : agents, "db.write");

    private static PolicyExplanation Explain(GuardrailPolicy policy, string arguments, string agent, string tool = "db.write") => Explain(policy, arguments, [agent], tool);

    private static PolicyExplanation Explain(GuardrailPolicy policy, string arguments, string[] agents, string tool) => PolicyExplanation.Of(policy, new PolicyQuestion
    {
        Agent = agents[0],
        Ancestors = agents[1..],
        Tool = tool,
        Arguments = ToolArguments.FromJson(arguments),
        Subject = GovernedHost.Dana,
    });

    private static GuardrailPolicy Policy(string gate) => GuardrailPolicy.Parse($$"""
        { "version": 1, "name": "p",
          "tools": {
            "db.write": { "access": ["write"], "tier": "high", "arguments": { "rows": "integer?" } },
            "db.read": { "access": ["read"], "tier": "low" },
            "db.clean": { "access": ["delete"], "tier": "medium", "arguments": {}, "risks": [ { "id": "always", "tier": "high" } ] } },
          "agents": {
            "a": { "owner": "Ada", "tier": "high",
              "grants": [ { "id": "clean", "tools": "db.clean", "access": ["delete"] } ],
              "eligible": [
                { "id": "write", "tools": "db.write", "access": ["write"], "where": { "arg.rows": { "under": 500 } }, "for": "00:15:00", "uses": 3 },
                { "id": "all", "tools": "db.*", "for": "00:15:00", "uses": 3, "approvers": ["role:sre"] } ] },
            "b": { "owner": "Ada", "tier": "high",
              "eligible": [ { "id": "write", "tools": "db.write", "access": ["write"], "for": "01:00:00", "uses": 1, "approvers": ["role:lead"] } ] },
            "low": { "owner": "Ada", "tier": "medium" },
            "none": { "owner": "Ada", "tier": "high" } },
          "deny": [ { "id": "many", "tools": "db.write", "where": { "arg.rows": { "over": 100 } } } ],
          "tiers": { "high": { "approvers": ["role:sre"]{{gate}} } } }
        """);
}
