using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

// docs/semantics.md, sessions.
public sealed class Child_sessions
{
    [Fact]
    public async Task A_child_acts_for_the_same_subject_and_tenant()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession parent = host.Pipeline.StartSession("clerk", GovernedHost.Dana, "acme");
        AgentSession child = parent.StartChild("helper").StartChild("clerk");

        Assert.Equal((GovernedHost.Dana, "acme", 3), (child.Identity.Subject, child.Identity.Tenant, child.Identity.Depth));
        Assert.Same(parent.Identity, child.Identity.Parent!.Parent);
        Assert.NotEqual(parent.Id, child.Id);
    }

    // The chain from the root down, and what its last agent may do.
    [Theory]
    [InlineData("clerk", "notes.write", DecisionCodes.ApprovalRequired)]
    [InlineData("clerk>clerk", "notes.write", DecisionCodes.ApprovalRequired)]
    [InlineData("helper>clerk", "notes.write", DecisionCodes.ScopeNoGrant)]
    [InlineData("clerk>helper", "notes.write", DecisionCodes.ScopeNoGrant)]
    [InlineData("clerk>helper>clerk", "notes.write", DecisionCodes.ScopeNoGrant)]
    [InlineData("helper", "other.read", DecisionCodes.Allowed)]
    [InlineData("clerk>helper", "other.read", DecisionCodes.ScopeNoGrant)]
    [InlineData("clerk>helper", "notes.read", DecisionCodes.Allowed)]
    [InlineData("nobody>clerk", "notes.read", DecisionCodes.ScopeUnknownAgent)]
    [InlineData("clerk>nobody", "notes.read", DecisionCodes.ScopeUnknownAgent)]
    [InlineData("clerk>nobody>clerk", "notes.read", DecisionCodes.ScopeUnknownAgent)]
    public async Task A_call_is_judged_once_for_each_agent_above_it(string chain, string tool, string code)
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);

        Assert.Equal(code, (await Start(host, chain).EvaluateAsync(tool, Words.For(tool))).Code);
    }

    [Theory]
    [InlineData("wide", RiskTier.Low, DecisionCodes.Allowed)]
    [InlineData("wide>wide", RiskTier.Low, DecisionCodes.Allowed)]
    [InlineData("risky", RiskTier.Medium, DecisionCodes.ApprovalRequired)]
    [InlineData("risky>wide", RiskTier.Medium, DecisionCodes.ApprovalRequired)]
    [InlineData("wide>risky>wide", RiskTier.Medium, DecisionCodes.ApprovalRequired)]
    [InlineData("narrow", RiskTier.Low, DecisionCodes.Allowed)]
    [InlineData("risky>narrow", RiskTier.Medium, DecisionCodes.TierAboveAgent)]
    [InlineData("narrow>risky", RiskTier.Medium, DecisionCodes.TierAboveAgent)]
    [InlineData("denied>wide", RiskTier.Unclassified, DecisionCodes.ScopeDenied)]
    [InlineData("wide>denied", RiskTier.Unclassified, DecisionCodes.ScopeDenied)]
    [InlineData("fussy", RiskTier.Unclassified, DecisionCodes.ScopeNoGrant)]
    [InlineData("fussy>wide", RiskTier.Unclassified, DecisionCodes.ScopeNoGrant)]
    public async Task The_strictest_verdict_and_the_highest_tier_win(string chain, RiskTier tier, string code)
    {
        const string Json = """
            { "version": 1, "name": "chain",
              "tools": { "t": { "access": ["read"], "tier": "low", "arguments": { "n": "integer" } } },
              "agents": {
                "wide": { "owner": "m@example.com", "tier": "high", "grants": [ { "id": "g", "tools": "t" } ] },
                "risky": { "owner": "m@example.com", "tier": "high", "grants": [ { "id": "g", "tools": "t" } ] },
                "narrow": { "owner": "m@example.com", "tier": "low", "grants": [ { "id": "g", "tools": "t" } ] },
                "denied": { "owner": "m@example.com", "tier": "high", "grants": [ { "id": "g", "tools": "t" } ], "deny": [ { "id": "d", "tools": "t" } ] },
                "fussy": { "owner": "m@example.com", "tier": "high", "grants": [ { "id": "g", "tools": "t", "where": { "arg.n": { "over": 5 } } } ] } },
              "risks": [ { "id": "r", "tools": "t", "when": { "ctx.agent": { "equals": "risky" } }, "tier": "medium" } ] }
            """;
        await using GovernedHost host = GovernedHost.Start(Json);

        Decision decision = await Start(host, chain).EvaluateAsync("t", ToolArguments.FromJson("""{"n":5}"""));

        Assert.Equal((code, tier), (decision.Code, decision.Tier));
    }

    [Fact]
    public async Task No_approval_is_inherited()
    {
        var asked = new List<ApprovalRequest>();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(asked.Add));
        AgentSession parent = host.Session();
        AgentSession child = parent.StartChild("clerk");

        await parent.InvokeAsync("notes.write", Words.NewNote, Words.Done);
        await child.InvokeAsync("notes.write", Words.NewNote, Words.Done);

        Assert.Equal([parent.Id, child.Id], asked.Select(static a => a.Session.Id));
        Assert.NotEqual(asked[0].Digest, asked[1].Digest);
    }

    [Fact]
    public async Task The_approver_is_shown_the_whole_chain_and_the_record_has_it()
    {
        ApprovalRequest? asked = null;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(request => asked = request));
        AgentSession child = host.Session(id: "root").StartChild("clerk", "middle").StartChild("clerk", "leaf");

        await child.InvokeAsync("notes.write", Words.NewNote, Words.Done);

        Assert.All(["root", "middle", "leaf"], id => Assert.Contains(id, asked!.ToText(), StringComparison.Ordinal));
        AuditRecord decision = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal("leaf", decision.SessionId);
        Assert.Equal(["root", "middle"], decision.ToJson().GetProperty("path").EnumerateArray().Select(static p => p.GetProperty("session").GetString()));
    }

    [Fact]
    public async Task Calls_are_made_down_to_depth_8()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession at = host.Session();
        for (int depth = 1; depth <= 8; depth++)
        {
            Assert.Equal(depth, at.Identity.Depth);
            Assert.True((await at.EvaluateAsync("notes.read", Words.Note)).IsAllowed);
            at = at.StartChild("clerk");
        }

        ToolOutcome<string> outcome = await at.InvokeAsync("notes.read", Words.Note, Words.Done);
        Assert.Equal((DecisionCodes.SessionTooDeep, false), (outcome.Decision.Code, outcome.Executed));
        Assert.Throws<InvalidOperationException>(() => at.StartChild("clerk"));
        Assert.Equal(DecisionCodes.SessionTooDeep, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Code);
    }

    internal static AgentSession Start(GovernedHost host, string chain)
    {
        string[] agents = chain.Split('>');
        return agents.Skip(1).Aggregate(host.Session(agents[0]), static (parent, agent) => parent.StartChild(agent));
    }
}
