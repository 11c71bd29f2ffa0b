namespace ToolGuardrails.Testing.Tests;

public sealed class PolicyAssertionTests
{
    private const string Refund = """{"order":1,"amount":40}""";
    private const string LargeRefund = """{"order":1,"amount":700}""";
    private static readonly AgentUnderTest Support = Shop.Policy.For("support-agent");

    [Fact]
    public void What_the_policy_decides_passes() => Support
        .Can("orders.get", """{"id":1}""", tier: RiskTier.Low)
        .Can("refunds.create", Refund)
        .NeedsApproval("refunds.create", LargeRefund, from: "role:finance", because: DecisionCodes.ApprovalRequired, tier: RiskTier.High)
        .Cannot("refunds.create", """{"order":1,"amount":2500}""", because: DecisionCodes.ScopeNoGrant)
        .Cannot("shell.run", """{"command":"ls"}""", because: DecisionCodes.ScopeDenied);

    [Fact]
    public void What_it_does_not_decide_fails()
    {
        Assert.Throws<GuardrailAssertionException>(() => Support.Can("refunds.create", LargeRefund));
        Assert.Throws<GuardrailAssertionException>(() => Support.Can("shell.run", """{"command":"ls"}"""));
        Assert.Throws<GuardrailAssertionException>(() => Support.Cannot("orders.get", """{"id":1}"""));
        Assert.Throws<GuardrailAssertionException>(() => Support.Cannot("refunds.create", LargeRefund));
        Assert.Throws<GuardrailAssertionException>(() => Support.NeedsApproval("orders.get", """{"id":1}"""));
        Assert.Throws<GuardrailAssertionException>(() => Support.NeedsApproval("shell.run", """{"command":"ls"}"""));
    }

    [Fact]
    public void A_code_a_tier_and_an_approver_have_to_be_the_expected_ones()
    {
        Assert.Contains("The code is scope.denied.", Shop.Message(() => Support.Cannot("shell.run", """{"command":"ls"}""", because: DecisionCodes.ScopeNoGrant)), StringComparison.Ordinal);
        Assert.Contains("The tier is Low.", Shop.Message(() => Support.Can("refunds.create", Refund, tier: RiskTier.Medium)), StringComparison.Ordinal);
        Assert.Contains("The approvers are role:finance.", Shop.Message(() => Support.NeedsApproval("refunds.create", LargeRefund, from: "subject")), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_the_call_is_made_for_counts()
    {
        AgentUnderTest acme = Support.InTenant("acme");
        acme.Cannot("notes.write", """{"text":"x"}""", because: DecisionCodes.ApprovalNobody);
        acme.OnBehalfOf(Shop.Dana).NeedsApproval("notes.write", """{"text":"x"}""", from: "subject", tier: RiskTier.Medium);
        Support.OnBehalfOf(Shop.Dana).Cannot("notes.write", """{"text":"x"}""", because: DecisionCodes.ScopeNoGrant);
    }

    [Fact]
    public void A_child_may_do_what_every_agent_above_it_may_do_too()
    {
        Shop.Policy.For("summary-agent").StartedBy("support-agent").Can("refunds.create", Refund);
        Shop.Policy.For("summary-agent").Cannot("refunds.create", LargeRefund, because: DecisionCodes.TierAboveAgent);
        Support.StartedBy("summary-agent").Cannot("mail.send", """{"to":"a@b.example"}""", because: DecisionCodes.ScopeNoGrant);
    }

    [Fact]
    public void Said_twice_the_second_agent_started_the_first()
    {
        string message = Shop.Message(() => Support.StartedBy("summary-agent").StartedBy("other-agent").Can("orders.get", """{"id":1}"""));
        Assert.Contains("started by 'summary-agent', started by 'other-agent'", message, StringComparison.Ordinal);
        Assert.Contains("'support-agent' under 'summary-agent' under 'other-agent'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_session_can_be_named()
    {
        GuardrailPolicy policy = GuardrailPolicy.Parse(Shop.Json.Replace("\"ctx.tenant\": { \"equals\": \"acme\" }", "\"ctx.session\": { \"equals\": \"night-run\" }", StringComparison.Ordinal));
        policy.For("support-agent").OnBehalfOf(Shop.Dana).InSession("night-run").NeedsApproval("notes.write", """{"text":"x"}""");
        policy.For("support-agent").OnBehalfOf(Shop.Dana).Cannot("notes.write", """{"text":"x"}""", because: DecisionCodes.ScopeNoGrant);
    }

    [Fact]
    public void A_pinned_definition_is_taken_as_shown() =>
        Support.OnBehalfOf(Shop.Dana).NeedsApproval("mail.send", """{"to":"a@b.example"}""");

    [Theory]
    [InlineData("suport-agent", "shell.run", """{"command":"ls"}""", DecisionCodes.ScopeUnknownAgent)]
    [InlineData("support-agent", "shell.rnu", """{"command":"ls"}""", DecisionCodes.ScopeUnknownTool)]
    [InlineData("support-agent", "refunds.create", """{"order":1,"amuont":2500}""", DecisionCodes.ArgumentsUndeclared)]
    [InlineData("support-agent", "refunds.create", """{"order":1,"amount":2500""", DecisionCodes.ArgumentsMalformed)]
    public void A_denial_that_a_slip_in_the_test_would_bring_about_has_to_be_meant(string agent, string tool, string arguments, string code)
    {
        Assert.Contains($"because: \"{code}\"", Shop.Message(() => Shop.Policy.For(agent).Cannot(tool, arguments)), StringComparison.Ordinal);
        Shop.Policy.For(agent).Cannot(tool, arguments, because: code);
    }

    [Fact]
    public void A_guard_of_the_hosts_judges_as_well()
    {
        var small = new VerdictReason("refund.small", "Refunds below 50 wait for the weekly run.");
        var guard = new LambdaGuard(call => call.Tool.Id == "refunds.create" ? Verdict.Deny(small) : Verdict.Allow);
        AgentUnderTest guarded = Support.With(guard);
        guarded.Cannot("refunds.create", Refund, because: "refund.small").Can("orders.get", """{"id":1}""");
        Support.With(new FixedGuard(Verdict.RequireApproval(small, RiskTier.High))).NeedsApproval("refunds.create", Refund, from: "role:finance", because: "refund.small", tier: RiskTier.High);
        Support.Can("refunds.create", Refund);
    }

    [Fact]
    public void A_guard_that_fails_is_no_denial_to_rely_on()
    {
        var broken = new LambdaGuard(static _ => throw new FormatException("no number"));
        string message = Shop.Message(() => Support.With(broken).Cannot("refunds.create", Refund));
        Assert.Contains("LambdaGuard threw FormatException: no number", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guard_may_need_the_context_that_waits()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        var never = new SynchronizationContextThatRunsNothing();
        SynchronizationContext.SetSynchronizationContext(never);
        try
        {
            var slow = new LambdaGuard(static async (_, _) =>
            {
                await Task.Yield();
                return Verdict.Allow;
            });
            Support.With(slow).Can("orders.get", """{"id":1}""");
            Assert.Same(never, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private sealed class SynchronizationContextThatRunsNothing : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
