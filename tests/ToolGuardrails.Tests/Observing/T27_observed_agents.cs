using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Observing;

/// <summary>An observed agent's calls are decided and recorded, and run all the same: never at tier High, never against a deny rule, and never unnoticed (T27).</summary>
public sealed class T27_observed_agents
{
    private const string Policy = """
        {
          "version": 1, "name": "observed",
          "tools": {
            "notes.read": { "access": ["read"], "tier": "low", "arguments": { "id": "integer" } },
            "notes.write": { "access": ["write"], "tier": "medium", "reversible": true, "arguments": {} },
            "notes.remove": { "access": ["delete"], "tier": "high", "arguments": {} },
            "other.read": { "access": ["read"], "tier": "low" }
          },
          "agents": {
            "trial": { "owner": "maria.ortiz@example.com", "tier": "medium", "enforcement": "observe",
                       "grants": [ { "id": "small", "tools": "notes.read", "where": { "arg.id": { "under": 100 } } }, { "id": "write", "tools": "notes.write", "access": ["write"] } ] },
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [ { "id": "read", "tools": "notes.read" } ] }
          },
          "risks": [ { "id": "huge", "tools": "notes.read", "when": { "arg.id": { "over": 1000 } }, "tier": "high" } ],
          "deny": [ { "id": "seven", "tools": "notes.read", "where": { "arg.id": { "equals": 7 } } } ]
        }
        """;

    [Theory]
    [InlineData("notes.read", """{"id":1}""", "allow", DecisionCodes.Allowed)]
    [InlineData("notes.read", """{"id":500}""", "deny", DecisionCodes.ScopeNoGrant)]
    [InlineData("other.read", """{"id":500}""", "deny", DecisionCodes.ScopeNoGrant)]
    [InlineData("notes.write", "{}", "require_approval", DecisionCodes.ApprovalRequired)]
    public async Task What_is_not_allowed_runs_and_is_recorded_as_what_it_would_have_been(string tool, string arguments, string effect, string code)
    {
        int asked = 0;
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.Approver = Words.Approves(_ => asked++));

        ToolOutcome<string> outcome = await host.Session("trial").InvokeAsync(tool, ToolArguments.FromJson(arguments), Words.Done);

        Assert.Equal(("done", true, code, EnforcementMode.Observe, 0), (outcome.Value, outcome.Decision.IsAllowed, outcome.Decision.Code, outcome.Decision.Mode, asked));
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        AuditRecord decision = Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision);
        Assert.Equal((effect, code, "observe", effect != "allow"), (decision.Effect, decision.Code, decision.GetString("mode"), decision.ToString().Contains("\"let_through\":true", StringComparison.Ordinal)));
        AuditRecord ran = Assert.Single(records, static r => r.Kind == AuditRecordKind.Outcome);
        Assert.Equal(("succeeded", "observe"), (ran.Status, ran.GetString("mode")));
    }

    [Theory]
    [InlineData("notes.read", """{"id":7}""", DecisionCodes.ScopeDenied)]
    [InlineData("notes.read", """{"id":5000}""", DecisionCodes.TierAboveAgent)]
    [InlineData("notes.remove", "{}", DecisionCodes.TierAboveAgent)]
    [InlineData("notes.read", """{"id":"x"}""", DecisionCodes.ArgumentsKind)]
    [InlineData("notes.read", """{"id":1,"more":1}""", DecisionCodes.ArgumentsUndeclared)]
    [InlineData("notes.read", """{"id":1,"id":2}""", DecisionCodes.ArgumentsDuplicateName)]
    [InlineData("unknown", "{}", DecisionCodes.ScopeUnknownTool)]
    public async Task A_deny_rule_tier_High_and_what_cannot_be_judged_stop_an_observed_agent_too(string tool, string arguments, string code)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        ToolOutcome<string> outcome = await host.Session("trial").InvokeAsync(tool, ToolArguments.FromJson(arguments), Words.Done);
        Assert.Equal((false, false, code), (outcome.Executed, outcome.Decision.IsAllowed, outcome.Decision.Code));
        Assert.Empty(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Fact]
    public async Task A_suspension_stops_an_observed_agent_too()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("trial"), GovernedHost.Dana, "stop");
        Assert.False((await host.Session("trial").InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""), Words.Done)).Executed);
    }

    [Theory]
    [InlineData("clerk", "trial")]
    [InlineData("trial", "clerk")]
    public async Task A_chain_is_enforced_where_one_of_its_agents_is(string parent, string child)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        ToolOutcome<string> outcome = await host.Session(parent).StartChild(child).InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":500}"""), Words.Done);
        Assert.Equal((false, EnforcementMode.Enforce, DecisionCodes.ScopeNoGrant), (outcome.Executed, outcome.Decision.Mode, outcome.Decision.Code));
    }

    [Fact]
    public async Task A_guards_denial_is_recorded_and_let_through_and_one_that_demands_High_is_not()
    {
        Verdict verdict = Verdict.Deny(Words.No);
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.Guards.Add(new LambdaGuard(_ => verdict)));
        AgentSession session = host.Session("trial");

        ToolOutcome<string> denied = await session.InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""), Words.Done);
        verdict = Verdict.RequireApproval(Words.Ask, RiskTier.High);
        ToolOutcome<string> high = await session.InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""), Words.Done);

        Assert.Equal((true, "host.no"), (denied.Executed, denied.Decision.Code));
        Assert.Equal((false, DecisionCodes.TierAboveAgent), (high.Executed, high.Decision.Code));
    }

    [Fact]
    public async Task An_observed_call_is_not_run_where_it_cannot_be_recorded()
    {
        var sink = new Audit.SwitchSink { Fails = true };
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.Sinks.Add(new AuditSinkRegistration(sink)), ownSinkOnly: false);
        ToolOutcome<string> outcome = await host.Session("trial").InvokeAsync("notes.write", ToolArguments.Empty, Words.Done);
        Assert.Equal((false, DecisionCodes.AuditUnavailable), (outcome.Executed, outcome.Decision.Code));
    }

    [Fact]
    public async Task The_mode_is_in_every_record_and_a_change_of_it_is_recorded()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        await host.Session("trial").RecordPromptAsync("hello");
        GuardrailPolicy enforced = GuardrailPolicy.Parse(Policy.Replace("\"enforcement\": \"observe\"", "\"enforcement\": \"enforce\"", StringComparison.Ordinal));
        await host.Pipeline.ReplacePolicyAsync(enforced);
        ToolOutcome<string> outcome = await host.Session("trial").InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":500}"""), Words.Done);
        await host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(Policy));

        Assert.False(outcome.Executed);
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.All(records, static r => Assert.Contains(r.GetString("mode"), new[] { "enforce", "observe" }));
        Assert.Equal("observe", Assert.Single(records, static r => r.Kind == AuditRecordKind.Prompt).GetString("mode"));
        string[] told = [.. records.Where(static r => r.Kind == AuditRecordKind.Policy).Select(static r => r.ToString())];
        Assert.Contains("\"observes\":[\"trial\"]", told[0], StringComparison.Ordinal);
        Assert.Contains("\"now_enforced\":[\"trial\"]", told[1], StringComparison.Ordinal);
        Assert.Contains("\"now_observed\":[\"trial\"]", told[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_from_observed_to_enforced_stops_a_call_that_is_being_decided()
    {
        GovernedHost? host = null;
        host = GovernedHost.Start(Policy, o => o.Guards.Add(new LambdaGuard(async (_, token) =>
        {
            await host!.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(Policy.Replace("\"enforcement\": \"observe\"", "\"enforcement\": \"enforce\"", StringComparison.Ordinal)), token);
            return Verdict.Deny(Words.No);
        })));
        await using GovernedHost started = host;
        ToolOutcome<string> outcome = await host.Session("trial").InvokeAsync("notes.read", ToolArguments.FromJson("""{"id":1}"""), Words.Done);
        Assert.Equal((false, DecisionCodes.PolicyChanged), (outcome.Executed, outcome.Decision.Code));
    }

    [Fact]
    public async Task A_dry_run_and_an_authorisation_say_the_same()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session("trial");
        ToolArguments arguments = ToolArguments.FromJson("""{"id":500}""");
        Decision dry = await session.EvaluateAsync("notes.read", arguments);
        ToolAuthorization authorised = await session.AuthorizeAsync("notes.read", arguments);

        Assert.Equal((Effect.Deny, true, EnforcementMode.Observe), (dry.Effect, dry.IsAllowed, dry.Mode));
        Assert.Equal((Effect.Deny, true, true), (authorised.Decision.Effect, authorised.Decision.IsAllowed, authorised.Token is not null));
        Assert.True((await session.CompleteAsync(authorised.Token!, ToolResult.FromText("done"))).MayPass);
    }
}
