namespace ToolGuardrails.Testing.Tests;

public sealed class PolicyCoverageTests
{
    private readonly PolicyCoverage _coverage = new(Shop.Policy);

    [Fact]
    public void A_rule_is_exercised_where_it_has_its_effect()
    {
        Assert.Equal(Shop.Policy.Rules, _coverage.NotExercised);
        _coverage.For("support-agent").Can("orders.get", """{"id":1}""");
        _coverage.For("support-agent").NeedsApproval("refunds.create", """{"order":1,"amount":700}""");
        _coverage.For("support-agent").Cannot("shell.run", """{"command":"ls"}""");
        Assert.Equal(["grant:support-agent/notes", "grant:support-agent/mail", "grant:summary-agent/all"], _coverage.NotExercised.Select(static r => r.Id));
    }

    [Fact]
    public void A_risk_and_a_grant_of_a_call_that_scope_denies_are_not() =>
        AssertNothingMore(() => _coverage.For("support-agent").Cannot("refunds.create", """{"order":1,"amount":2500}"""));

    [Fact]
    public void A_grant_of_a_call_that_a_guard_denies_is_not() =>
        AssertNothingMore(() => _coverage.For("support-agent").With(new FixedGuard(Verdict.Deny(new VerdictReason("test.no", "No.")))).Cannot("orders.get", """{"id":1}"""));

    [Fact]
    public void An_assertion_that_fails_shows_nothing() =>
        AssertNothingMore(() => Assert.Throws<GuardrailAssertionException>(() => _coverage.For("support-agent").Cannot("orders.get", """{"id":1}""")));

    [Fact]
    public void A_risk_whose_tier_denies_the_call_is_exercised()
    {
        _coverage.For("summary-agent").Cannot("refunds.create", """{"order":1,"amount":700}""", because: DecisionCodes.TierAboveAgent);
        Assert.DoesNotContain(_coverage.NotExercised, static r => r.Id is "risk:refunds.create/large" or "grant:summary-agent/all");
    }

    [Fact]
    public void The_circumstances_of_a_call_keep_it_counted()
    {
        _coverage.For("support-agent").InTenant("acme").OnBehalfOf(Shop.Dana).NeedsApproval("notes.write", """{"text":"x"}""");
        Assert.DoesNotContain(_coverage.NotExercised, static r => r.Id == "grant:support-agent/notes");
    }

    [Fact]
    public void The_report_counts_every_rule()
    {
        _coverage.For("support-agent").Can("orders.get", """{"id":1}""").Can("orders.get", """{"id":2}""").Cannot("shell.run", """{"command":"ls"}""");
        Assert.Equal(
            $"""
            Policy 'shop' ({Shop.Policy.Digest}): 2 of 7 rules exercised, assertions: 3.
              never  risk:refunds.create/large ($.tools['refunds.create'].risks[0])
                 2x  grant:support-agent/orders ($.agents['support-agent'].grants[0])
              never  grant:support-agent/notes ($.agents['support-agent'].grants[1])
              never  grant:support-agent/refund ($.agents['support-agent'].grants[2])
              never  grant:support-agent/mail ($.agents['support-agent'].grants[3])
              never  grant:summary-agent/all ($.agents['summary-agent'].grants[0])
                 1x  deny:no-shell ($.deny[0])
            """,
            _coverage.Report());
    }

    [Fact]
    public void Completeness_names_what_no_test_exercised_and_exceptions_that_are_not_needed_any_more()
    {
        string[] rest = ["risk:refunds.create/large", "grant:support-agent/notes", "grant:support-agent/refund", "grant:support-agent/mail", "grant:summary-agent/all"];
        _coverage.For("support-agent").Can("orders.get", """{"id":1}""").Cannot("shell.run", """{"command":"ls"}""");
        _coverage.AssertComplete(rest);
        Assert.StartsWith("No test exercises grant:summary-agent/all. ", Shop.Message(() => _coverage.AssertComplete(rest[..^1])), StringComparison.Ordinal);
        Assert.StartsWith("A test exercises deny:no-shell by now;", Shop.Message(() => _coverage.AssertComplete([.. rest, "deny:no-shell"])), StringComparison.Ordinal);
        Assert.Contains("no rule 'deny:no-shel'", Assert.Throws<ArgumentException>(() => _coverage.AssertComplete("deny:no-shel")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_that_run_at_the_same_time_are_all_counted()
    {
        Parallel.For(0, 200, _ => _coverage.For("support-agent").Can("orders.get", """{"id":1}"""));
        Assert.Contains("assertions: 200.", _coverage.Report(), StringComparison.Ordinal);
        Assert.Contains("   200x  grant:support-agent/orders", _coverage.Report(), StringComparison.Ordinal);
    }

    private void AssertNothingMore(Action assertion)
    {
        assertion();
        Assert.Equal(Shop.Policy.Rules, _coverage.NotExercised);
    }
}
