namespace ToolGuardrails.Testing.Tests;

/// <summary>What somebody reads under a failed policy test, word for word.</summary>
public sealed class PolicyFailureTextTests
{
    [Fact]
    public void It_says_what_was_expected_what_is_decided_and_what_every_rule_says() => Assert.Equal(
        """
        Expected: 'support-agent' cannot call 'refunds.create' with {"amount":40,"order":1}, on behalf of https://id.example|dana, because of scope.no-grant, at tier High.
        Decision: allowed (allowed), tier Low.

        ALLOWED: 'support-agent' may make this call of 'refunds.create' (allowed).
        'support-agent' has a grant that matches, no deny counts, and tier low asks nobody.
        The call's tier is low; the tool's own is low, and the ceiling is high.

        Denies:
            none
        Grants:
          * Grant 'grant:support-agent/refund' matches: arg.amount is 40, and the condition wants under 2000. ($.agents['support-agent'].grants[2])
        Risks:
          - Risk 'risk:refunds.create/large' doesn't match: arg.amount is 40, and the condition wants over 500. ($.tools['refunds.create'].risks[0])
        5 other rules are about other tools or agents.
        """,
        Shop.Message(() => Shop.Policy.For("support-agent").OnBehalfOf(Shop.Dana).Cannot("refunds.create", """{ "order": 1, "amount": 40 }""", because: DecisionCodes.ScopeNoGrant, tier: RiskTier.High)));

    [Fact]
    public void What_a_guard_said_stands_before_the_policys_part()
    {
        var large = new VerdictReason("refund.weekend", "Nobody refunds at weekends.");
        string message = Shop.Message(() => Shop.Policy.For("support-agent").With(new FixedGuard(Verdict.Deny(large))).With(new FixedGuard(Verdict.Allow)).Can("orders.get", """{"id":1}"""));
        Assert.StartsWith(
            """
            Expected: 'support-agent' can call 'orders.get' with {"id":1}.
            Decision: denied (refund.weekend), tier Low.

            Guards of the host:
              - FixedGuard says Deny (refund.weekend): Nobody refunds at weekends.
              - FixedGuard wasn't asked, because the call was denied before.

            The policy alone decides otherwise. Nobody refunds at weekends.

            ALLOWED: 'support-agent' may make this call of 'orders.get' (allowed).
            """,
            message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_arguments_are_cut_and_refused_ones_are_named()
    {
        string text = new('x', 1_000);
        Assert.Contains("xxx... (1011 characters).", Shop.Message(() => Shop.Policy.For("summary-agent").Can("notes.write", $$"""{"text":"{{text}}"}""")), StringComparison.Ordinal);
        Assert.Contains("with arguments that are refused (arguments.malformed).", Shop.Message(() => Shop.Policy.For("summary-agent").Can("notes.write", "{")), StringComparison.Ordinal);
    }
}
