using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

// docs/policy.md and docs/semantics.md.
public sealed class Scope_tiers_and_precedence
{
    // Tool, rules of the one agent, rules of the whole policy, and what comes of a call with n = 5.
    [Theory]
    [InlineData("deny beats a grant", "'grants': [ { 'id': 'g', 'tools': 'low' } ], 'deny': [ { 'id': 'd', 'tools': 'low' } ]", "", "low", DecisionCodes.ScopeDenied)]
    [InlineData("the policy's deny applies to every agent", "'grants': [ { 'id': 'g', 'tools': 'low' } ]", "'deny': [ { 'id': 'd', 'tools': 'l*' } ]", "low", DecisionCodes.ScopeDenied)]
    [InlineData("a deny whose condition is false denies nothing", "'grants': [ { 'id': 'g', 'tools': 'low' } ]", "'deny': [ { 'id': 'd', 'tools': '*', 'where': { 'arg.n': { 'over': 5 } } } ]", "low", DecisionCodes.Allowed)]
    [InlineData("a deny beats an approval", "'grants': [ { 'id': 'g', 'tools': 'write', 'access': ['write'] } ]", "'deny': [ { 'id': 'd', 'tools': '*', 'access': ['write'] } ]", "write", DecisionCodes.ScopeDenied)]
    [InlineData("a deny on another access denies nothing", "'grants': [ { 'id': 'g', 'tools': 'low' } ]", "'deny': [ { 'id': 'd', 'tools': '*', 'access': ['write'] } ]", "low", DecisionCodes.Allowed)]
    [InlineData("one of two grants is enough", "'grants': [ { 'id': 'g', 'tools': 'low', 'where': { 'arg.n': { 'over': 9 } } }, { 'id': 'h', 'tools': 'low', 'where': { 'arg.n': { 'under': 9 } } } ]", "", "low", DecisionCodes.Allowed)]
    [InlineData("no grant is none", "'grants': [ { 'id': 'g', 'tools': 'low', 'where': { 'arg.n': { 'over': 9 } } }, { 'id': 'h', 'tools': 'low', 'where': { 'arg.n': { 'under': 5 } } } ]", "", "low", DecisionCodes.ScopeNoGrant)]
    [InlineData("a grant reads unless it says more", "'grants': [ { 'id': 'g', 'tools': '*' } ]", "", "write", DecisionCodes.ScopeNoGrant)]
    [InlineData("a grant reads", "'grants': [ { 'id': 'g', 'tools': '*' } ]", "", "low", DecisionCodes.Allowed)]
    [InlineData("write does not imply read", "'grants': [ { 'id': 'g', 'tools': '*', 'access': ['write'] } ]", "", "low", DecisionCodes.ScopeNoGrant)]
    [InlineData("a grant lists every access", "'grants': [ { 'id': 'g', 'tools': '*', 'access': ['write'] } ]", "", "both", DecisionCodes.ScopeNoGrant)]
    [InlineData("two grants do not add up to one", "'grants': [ { 'id': 'g', 'tools': '*', 'access': ['write'] }, { 'id': 'h', 'tools': '*', 'access': ['read'] } ]", "", "both", DecisionCodes.ScopeNoGrant)]
    [InlineData("a grant that lists both", "'grants': [ { 'id': 'g', 'tools': 'both', 'access': ['read', 'write'] } ]", "", "both", DecisionCodes.ApprovalRequired)]
    [InlineData("a pattern names what begins so", "'grants': [ { 'id': 'g', 'tools': 'lo*' } ]", "", "low", DecisionCodes.Allowed)]
    public async Task Grants_and_denies(string why, string agent, string top, string tool, string code)
    {
        await using GovernedHost host = GovernedHost.Start(Policy(agent, top));

        Decision decision = await host.Session("a").EvaluateAsync(tool, ToolArguments.FromJson("""{"n":5}"""));

        Assert.True(code == decision.Code, $"{why}: {decision}");
    }

    // The tool's tier, what a risk raises it to, what a guard demands.
    [Theory]
    [InlineData("low", "", RiskTier.Low, RiskTier.Low)]
    [InlineData("low", "medium", RiskTier.Low, RiskTier.Medium)]
    [InlineData("low", "high", RiskTier.Low, RiskTier.High)]
    [InlineData("low", "", RiskTier.Medium, RiskTier.Medium)]
    [InlineData("low", "", RiskTier.High, RiskTier.High)]
    [InlineData("low", "medium", RiskTier.High, RiskTier.High)]
    [InlineData("low", "high", RiskTier.Medium, RiskTier.High)]
    [InlineData("write", "", RiskTier.Low, RiskTier.Medium)]
    [InlineData("write", "high", RiskTier.Low, RiskTier.High)]
    public async Task A_calls_tier_is_the_highest_of_the_tools_the_risks_and_the_guards(string tool, string risk, RiskTier demanded, RiskTier expected)
    {
        string top = risk.Length == 0 ? "" : $"'risks': [ {{ 'id': 'r', 'tools': '*', 'tier': '{risk}' }}, {{ 'id': 's', 'tools': '*', 'when': {{ 'arg.n': {{ 'over': 5 }} }}, 'tier': 'high' }} ]";
        ApprovalRequest? asked = null;
        await using GovernedHost host = GovernedHost.Start(
            Policy("'grants': [ { 'id': 'g', 'tools': '*', 'access': ['read', 'write'] } ]", top),
            o =>
            {
                o.Guards.Add(new FixedGuard(demanded == RiskTier.Low ? Verdict.Allow : Verdict.RequireApproval(Words.Ask, demanded)));
                o.Approver = Words.Approves(request => asked = request);
            });

        ToolOutcome<string> outcome = await host.Session("a").InvokeAsync(tool, ToolArguments.FromJson("""{"n":5}"""), Words.Done);

        Assert.Equal((expected, true), (outcome.Decision.Tier, outcome.HasValue));
        Assert.Equal(expected switch { RiskTier.Low => null, RiskTier.Medium => ApprovalGate.Review, _ => ApprovalGate.PerCall }, asked?.Gate);
        Assert.Equal(DecisionText(expected), Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).GetString("tier"));
    }

    [Fact]
    public async Task A_guards_RequireApproval_on_a_Low_call_uses_Mediums_gate()
    {
        ApprovalRequest? asked = null;
        await using GovernedHost host = GovernedHost.Start(
            Policy("'grants': [ { 'id': 'g', 'tools': 'low' } ]", "'tiers': { 'medium': { 'approval': 'review', 'approvers': ['subject', 'role:desk'], 'expires': '01:00:00' } }"),
            o =>
            {
                o.Guards.Add(new FixedGuard(Verdict.RequireApproval(Words.Ask)));
                o.Approver = Words.Approves(request => asked = request);
            });

        ToolOutcome<string> outcome = await host.Session("a").InvokeAsync("low", ToolArguments.FromJson("""{"n":5}"""), Words.Done);

        Assert.True(outcome.HasValue);
        Assert.Equal((ApprovalGate.Review, RiskTier.Low, TimeSpan.FromHours(1)), (asked!.Gate, asked.Tier, asked.ExpiresAt - asked.RequestedAt));
        Assert.Equal(["subject", "role:desk"], asked.Approvers);
        Assert.Contains(Words.Ask.Text, asked.Why);
    }

    [Theory]
    [InlineData("low", RiskTier.Medium)]
    [InlineData("low", RiskTier.High)]
    [InlineData("medium", RiskTier.High)]
    public async Task A_call_above_the_agents_ceiling_is_denied_whoever_raised_it(string ceiling, RiskTier raised)
    {
        string agent = "'grants': [ { 'id': 'g', 'tools': 'low' } ]";
        string top = $"'risks': [ {{ 'id': 'r', 'tools': '*', 'tier': '{DecisionText(raised)}' }} ]";
        await using GovernedHost byRisk = GovernedHost.Start(Policy(agent, top, ceiling));
        await using GovernedHost byGuard = GovernedHost.Start(Policy(agent, "", ceiling), o => o.Guards.Add(new FixedGuard(Verdict.RequireApproval(Words.Ask, raised))));

        foreach (GovernedHost host in new[] { byRisk, byGuard })
        {
            Decision dry = await host.Session("a").EvaluateAsync("low", ToolArguments.FromJson("""{"n":5}"""));
            ToolOutcome<string> outcome = await host.Session("a").InvokeAsync("low", ToolArguments.FromJson("""{"n":5}"""), Words.Done);

            Assert.Equal((DecisionCodes.TierAboveAgent, DecisionCodes.TierAboveAgent, false), (dry.Code, outcome.Decision.Code, outcome.Executed));
        }
    }

    [Theory]
    [InlineData("low")]
    [InlineData("medium")]
    [InlineData("high")]
    public async Task An_agents_tier_is_never_a_floor(string ceiling)
    {
        await using GovernedHost host = GovernedHost.Start(Policy("'grants': [ { 'id': 'g', 'tools': 'low' } ]", "", ceiling));

        Decision decision = await host.Session("a").EvaluateAsync("low", ToolArguments.FromJson("""{"n":5}"""));

        Assert.Equal((Effect.Allow, RiskTier.Low), (decision.Effect, decision.Tier));
    }

    [Fact]
    public async Task A_tier_that_nobody_can_name_is_a_denial_and_not_High()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Guards.Add(new FixedGuard(Verdict.RequireApproval(Words.Ask, RiskTier.Unclassified))));

        Assert.Equal(DecisionCodes.TierUnclassified, (await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty)).Code);
    }

    private static string DecisionText(RiskTier tier) => tier switch { RiskTier.Low => "low", RiskTier.Medium => "medium", _ => "high" };

    private static string Policy(string agent, string top, string ceiling = "high") => $$"""
        { 'version': 1, 'name': 'p',
          'tools': {
            'low': { 'access': ['read'], 'tier': 'low', 'arguments': { 'n': 'integer' } },
            'write': { 'access': ['write'], 'tier': 'medium', 'reversible': true, 'arguments': { 'n': 'integer' } },
            'both': { 'access': ['read', 'write'], 'tier': 'medium', 'reversible': true, 'arguments': { 'n': 'integer' } } },
          {{(top.Contains("'tiers'", StringComparison.Ordinal) ? "" : "'tiers': { 'high': { 'approval': 'perCall', 'approvers': ['user:https://id.example|lead'] } },")}}
          {{(top.Length == 0 ? "" : top + ",")}}
          'agents': { 'a': { 'owner': 'm@example.com', 'tier': '{{ceiling}}', {{agent}} } } }
        """.Replace('\'', '"');
}
