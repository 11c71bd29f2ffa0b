namespace ToolGuardrails.Tests.Explaining;

/// <summary>Why a call ends as it does, and what an explanation leaves alone.</summary>
public sealed class PolicyExplanationTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("clerk", "orders.gte", "{}", DecisionCodes.ScopeUnknownTool, "The policy doesn't know the tool 'orders.gte'; did you mean 'orders.get'?")]
    [InlineData("clerk", "nothing.like.it", "{}", DecisionCodes.ScopeUnknownTool, "The policy doesn't know the tool 'nothing.like.it'.")]
    [InlineData("Clerk", "orders.get", """{"id":1}""", DecisionCodes.ScopeUnknownAgent, "The policy doesn't know the agent 'Clerk'; did you mean 'clerk'?")]
    [InlineData("helper<nobody", "orders.get", """{"id":1}""", DecisionCodes.ScopeUnknownAgent, "The policy doesn't know the agent 'nobody'.")]
    [InlineData("clerk", "orders.get", """{"id":"1"}""", DecisionCodes.ArgumentsKind, "The argument 'id' is \"1\", and the policy declares it as 'integer' for 'orders.get'.")]
    [InlineData("clerk", "refunds.create", """{"amount":1}""", DecisionCodes.ArgumentsMissing, "The argument 'order' is absent, and the policy requires it for 'refunds.create'.")]
    [InlineData("clerk", "refunds.create", """{"order":1,"amount":null}""", DecisionCodes.ArgumentsMissing, "The argument 'amount' is null, and the policy requires it for 'refunds.create'.")]
    [InlineData("clerk", "refunds.create", """{"order":1,"amount":1,"\u0074ogs":[]}""", DecisionCodes.ArgumentsUndeclared, "The policy doesn't declare the argument 'togs' for 'refunds.create'; did you mean 'tags'?")]
    [InlineData("clerk", "orders.get", "[]", DecisionCodes.ArgumentsNotObject, "The arguments are not a JSON object.")]
    [InlineData("clerk<clerk<clerk<clerk<clerk<clerk<clerk<clerk<clerk<clerk", "orders.get", """{"id":1}""", DecisionCodes.SessionTooDeep, "The session is deeper than the 8 levels that can call tools.")]
    [InlineData("helper", "mail.send", """{"to":"a"}""", DecisionCodes.ScopeNoGrant, "'helper' has no grant that reaches 'mail.send'.")]
    [InlineData("clerk<helper", "mail.send", """{"to":"a@customer.example"}""", DecisionCodes.ScopeNoGrant, "'helper' has no grant that reaches 'mail.send'.")]
    [InlineData("helper", "refunds.create", """{"order":1,"amount":1,"tags":["vip"]}""", DecisionCodes.ScopeDenied, "Deny 'deny:helper/tagged' matches: arg.tags is [\"vip\"], and the condition wants a text that begins with \"vip\" for one element.")]
    [InlineData("helper<clerk", "refunds.create", """{"order":1,"amount":501,"tags":["a"]}""", DecisionCodes.TierAboveAgent, "The call is of tier high, and the ceiling of 'helper' is medium.")]
    [InlineData("clerk", "mail.send", """{"to":"a@customer.example"}""", DecisionCodes.ApprovalRequired, "Tier medium asks for a review of the call; approvers: subject.")]
    [InlineData("clerk", "orders.get", """{"id":1}""", DecisionCodes.Allowed, "'clerk' has a grant that matches, no deny counts, and tier low asks nobody.")]
    [InlineData("helper<clerk", "orders.get", """{"id":1}""", DecisionCodes.Allowed, "Every agent of the chain has a grant that matches, no deny counts, and tier low asks nobody.")]
    public void The_reason_is_about_this_very_call(string chain, string tool, string arguments, string code, string reason)
    {
        PolicyExplanation explanation = Desk.Explain(tool, arguments, chain.Split('<'));
        Assert.Equal((code, reason), (explanation.Code, explanation.Reason));
        Assert.Equal(chain.Split('<'), explanation.Agents);
    }

    [Theory]
    [InlineData("""{ "medium": { "approvers": ["subject"] } }""", false, "Tier medium asks for a review of the call, and only the person it is made for may give it, and it is made for nobody.")]
    [InlineData("""{ "medium": { "approvers": [] } }""", true, "Tier medium asks for a review of the call, and the policy lists nobody who may give it.")]
    [InlineData("""{ "medium": { "approval": "perCall" } }""", true, "Tier medium asks for an approval of each call, and the policy lists nobody who may give it.")]
    public void Where_nobody_could_approve_it_says_why(string tiers, bool forDana, string reason)
    {
        PolicyExplanation explanation = PolicyExplanation.Of(One(tiers), new PolicyQuestion { Agent = "a", Tool = "t", Subject = forDana ? GovernedHost.Dana : null });
        Assert.Equal((Effect.Deny, DecisionCodes.ApprovalNobody, reason), (explanation.Effect, explanation.Code, explanation.Reason));
        Assert.NotEqual(ApprovalGate.Unspecified, explanation.Gate);
    }

    [Fact]
    public void What_the_rules_say_whatever_the_arguments_are_is_told_before_arguments_that_do_not_fit()
    {
        var policy = GuardrailPolicy.Parse("""
            { "version": 1, "name": "p", "tools": { "t": { "access": ["write"], "tier": "medium", "arguments": {} }, "r": { "access": ["read"], "tier": "low" } },
              "agents": { "a": { "owner": "Ada", "tier": "medium", "grants": [ { "id": "g", "tools": "t", "access": ["write"] } ] },
                          "low": { "owner": "Ada", "tier": "low", "grants": [ { "id": "g", "tools": "r" } ] } } }
            """);
        Assert.Equal(DecisionCodes.ScopeNoGrant, Ask(policy, "low").Code);
        Assert.Equal("'low' has no grant that reaches 't'.", Ask(policy, "low").Reason);
        Assert.Equal(PolicyRuleMatch.Matched, Assert.Single(Ask(policy, "low").Findings).Match);

        static PolicyExplanation Ask(GuardrailPolicy policy, string above) => PolicyExplanation.Of(policy, new PolicyQuestion { Agent = "a", Ancestors = [above], Tool = "t", Arguments = ToolArguments.FromJson("""{"z":1}""") });
    }

    [Fact]
    public void A_rule_of_every_agent_is_judged_for_each_agent_of_the_chain()
    {
        var policy = GuardrailPolicy.Parse("""
            { "version": 1, "name": "p", "tools": { "t": { "access": ["read"], "tier": "low" } },
              "agents": { "a": { "owner": "Ada", "tier": "high", "grants": [ { "id": "g", "tools": "t" } ] }, "b": { "owner": "Ada", "tier": "high", "grants": [ { "id": "g", "tools": "t" } ] } },
              "deny": [ { "id": "not-b", "tools": "t", "where": { "ctx.agent": { "equals": "b" } } } ] }
            """);
        PolicyExplanation explanation = PolicyExplanation.Of(policy, new PolicyQuestion { Agent = "a", Ancestors = ["b", "a"], Tool = "t" });
        Assert.Equal("Deny 'deny:not-b' matches: ctx.agent is \"b\", and the condition wants \"b\".", explanation.Reason);
        Assert.Equal(
            ["a deny:not-b False", "b deny:not-b True", "a grant:a/g True", "b grant:b/g True"],
            explanation.Findings.Select(static f => $"{f.Agent} {f.Rule.Id} {f.Counts}"));
    }

    [Fact]
    public void The_gate_and_its_approvers_are_told_where_the_call_reaches_them()
    {
        PolicyExplanation asked = Desk.Explain("refunds.create", """{"order":1,"amount":501}""");
        Assert.Equal((Effect.RequireApproval, RiskTier.High, ApprovalGate.PerCall), (asked.Effect, asked.Tier, asked.Gate));
        Assert.Equal(["role:finance"], asked.Approvers);
        PolicyExplanation allowed = Desk.Explain("orders.get", """{"id":1}""");
        Assert.Equal((RiskTier.Low, ApprovalGate.None, 0), (allowed.Tier, allowed.Gate, allowed.Approvers.Count));
        PolicyExplanation denied = Desk.Explain("orders.get", "{}");
        Assert.Equal((RiskTier.Unclassified, ApprovalGate.Unspecified, 0), (denied.Tier, denied.Gate, denied.Approvers.Count));
    }

    [Fact]
    public void A_definition_that_the_policy_pins_is_taken_as_shown() =>
        Assert.Equal(Effect.RequireApproval, PolicyExplanation.Of(One("{}", $"\"definition\": \"{Digest}\","), new PolicyQuestion { Agent = "a", Tool = "t", Subject = GovernedHost.Dana }).Effect);

    [Fact]
    public void Arguments_that_were_never_made_are_refused_and_none_at_all_are_an_empty_object()
    {
        var question = new PolicyQuestion { Agent = "clerk", Tool = "orders.get", Arguments = default };
        Assert.Equal(DecisionCodes.ArgumentsMalformed, PolicyExplanation.Of(Desk.Policy, question).Code);
        Assert.Equal(DecisionCodes.ArgumentsMissing, PolicyExplanation.Of(Desk.Policy, new PolicyQuestion { Agent = "clerk", Tool = "orders.get" }).Code);
    }

    [Fact]
    public async Task Explaining_a_call_leaves_its_pooled_arguments_to_the_call()
    {
        await using GovernedHost host = GovernedHost.Start(Desk.Json);
        await using AgentSession session = host.Session();
        ToolArguments arguments = session.ReadArguments("""{"id":1}"""u8);
        var question = new PolicyQuestion { Agent = "clerk", Tool = "orders.get", Arguments = arguments };
        Assert.Equal(Effect.Allow, PolicyExplanation.Of(Desk.Policy, question).Effect);
        Assert.Equal(Effect.Allow, (await session.EvaluateAsync("orders.get", arguments)).Effect);
        Assert.Equal(DecisionCodes.ArgumentsReused, PolicyExplanation.Of(Desk.Policy, question).Code);
    }

    [Fact]
    public void Arguments_beyond_the_usual_limits_are_refused_as_a_pipeline_refuses_them()
    {
        ToolArguments large = ToolArguments.FromJson($$"""{"id":1{{new string(' ', ArgumentLimits.Default.MaxBytes)}}}""", new ArgumentLimits { MaxBytes = ArgumentLimits.Default.MaxBytes * 2 });
        Assert.Null(large.Refusal);
        Assert.Equal(DecisionCodes.ArgumentsTooLarge, PolicyExplanation.Of(Desk.Policy, new PolicyQuestion { Agent = "clerk", Tool = "orders.get", Arguments = large }).Code);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("a\nb", null)]
    [InlineData("clerk", "")]
    public void A_name_that_no_session_could_have_is_the_hosts_mistake(string agent, string? session) =>
        Assert.Throws<ArgumentException>(() => PolicyExplanation.Of(Desk.Policy, new PolicyQuestion { Agent = agent, Tool = "orders.get", SessionId = session }));

    [Fact]
    public void The_rules_of_a_policy_come_in_the_order_of_its_document_with_their_paths() => Assert.Equal(
        [
            "Deny deny:negative $.deny[0] - refunds.*",
            "Deny deny:no-shell $.deny[1] - shell.*",
            "Risk risk:refunds.create/large $.tools['refunds.create'].risks[0] - refunds.create",
            "Grant grant:clerk/orders $.agents['clerk'].grants[0] clerk orders.*",
            "Grant grant:clerk/refund $.agents['clerk'].grants[1] clerk refunds.create",
            "Grant grant:clerk/mail $.agents['clerk'].grants[2] clerk mail.send",
            "Grant grant:helper/all $.agents['helper'].grants[0] helper *",
            "Deny deny:helper/tagged $.agents['helper'].deny[0] helper *",
            "Risk risk:out $.risks[0] - *",
        ],
        Desk.Policy.Rules.Select(static r => $"{r.Kind} {r.Id} {r.Path} {r.Agent ?? "-"} {r.Tools}"));

    [Fact]
    public void The_tools_and_agents_of_a_policy_come_in_the_order_of_its_document()
    {
        Assert.Equal(["refunds.create", "orders.get", "mail.send"], Desk.Policy.Tools);
        Assert.Equal(["clerk", "helper"], Desk.Policy.Agents);
    }

    [Fact]
    public void A_policy_without_rules_has_none_and_the_rules_are_the_same_objects_each_time()
    {
        Assert.Empty(GuardrailPolicy.Parse("""{ "version": 1, "name": "empty" }""").Rules);
        Assert.Same(Desk.Policy.Rules, Desk.Policy.Rules);
        Assert.All(Desk.Explain("orders.get", """{"id":1}""").Findings, static f => Assert.Contains(f.Rule, Desk.Policy.Rules));
    }

    private static GuardrailPolicy One(string tiers, string members = "") => GuardrailPolicy.Parse($$"""
        { "version": 1, "name": "p", "tools": { "t": { {{members}} "access": ["write"], "tier": "medium", "arguments": {} } },
          "agents": { "a": { "owner": "Ada", "tier": "high", "grants": [ { "id": "g", "tools": "t", "access": ["write"] } ] } }, "tiers": {{tiers}} }
        """);
}
