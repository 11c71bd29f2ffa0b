using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Building;

/// <summary>A first policy: what only reads runs, everything else asks or is denied.</summary>
public sealed class StarterPolicyTests
{
    private static readonly ToolInfo[] Tools =
    [
        ToolInfo.Named("orders.get").AsReadOnly(),
        ToolInfo.Named("refunds.create"),
        new ToolInfo { Id = "mail.send", Name = "send_mail", Server = "mail", Access = ToolAccess.Send },
        new ToolInfo { Id = "orders.remove", Name = "orders.remove", Access = ToolAccess.Delete },
        new ToolInfo { Id = "shell", Name = "shell", Access = ToolAccess.Execute | ToolAccess.Read },
        new ToolInfo { Id = "vault.read", Name = "vault.read", Access = ToolAccess.Read, Tier = RiskTier.High },
    ];

    [Theory]
    [InlineData("orders.get", Effect.Allow, DecisionCodes.Allowed)]
    [InlineData("refunds.create", Effect.RequireApproval, DecisionCodes.ApprovalRequired)]
    [InlineData("mail.send", Effect.RequireApproval, DecisionCodes.ApprovalRequired)]
    [InlineData("orders.remove", Effect.Deny, DecisionCodes.ScopeNoGrant)]
    [InlineData("shell", Effect.Deny, DecisionCodes.ScopeNoGrant)]
    [InlineData("vault.read", Effect.Deny, DecisionCodes.ScopeNoGrant)]
    [InlineData("orders.list", Effect.Deny, DecisionCodes.ScopeUnknownTool)]
    public async Task Reading_runs_and_everything_else_asks_or_is_denied(string tool, Effect effect, string code)
    {
        GuardrailPolicy policy = GuardrailPolicy.Starter("support-agent", "maria.ortiz@example.com", Tools);
        await using GovernedHost host = GovernedHost.Start(null, o => o.Policy = policy);
        Decision decision = (await host.Session("support-agent").InvokeAsync(tool, ToolArguments.FromJson("""{"any":1}"""), Words.Done)).Decision;
        Assert.Equal((effect, code), (decision.Effect, decision.Code));
    }

    [Fact]
    public async Task A_first_host_is_governed_in_under_ten_lines()
    {
        var sink = new InMemoryAuditSink(AuditAcknowledgement.Sealed);

        var options = new GuardrailOptions { Audit = { CommitmentKey = new byte[32] }, Sinks = { new AuditSinkRegistration(sink) } };
        options.Policy = GuardrailPolicy.Starter("support-agent", "maria.ortiz@example.com", [ToolInfo.Named("orders.get").AsReadOnly(), ToolInfo.Named("refunds.create")]);
        await using GuardrailPipeline pipeline = GuardrailPipeline.Create(options);
        await using AgentSession session = pipeline.StartSession("support-agent", onBehalfOf: ("https://id.example", "dana"));
        ToolOutcome<string> read = await session.InvokeAsync("orders.get", ToolArguments.FromJson("""{"id":1007}"""), (_, _) => new ValueTask<string>("on its way"));
        ToolOutcome<string> refund = await session.InvokeAsync("refunds.create", ToolArguments.FromJson("""{"order":1007}"""), (_, _) => new ValueTask<string>("refunded"));

        Assert.Equal(("on its way", false), (read.Value, refund.Executed));
        Assert.NotNull(refund.PendingApproval);
    }

    [Fact]
    public void It_is_an_ordinary_policy_that_can_be_saved_and_grown()
    {
        GuardrailPolicy policy = GuardrailPolicy.Starter("support-agent", "maria.ortiz@example.com", Tools);
        Assert.Equal(policy.Digest, GuardrailPolicy.Parse(policy.ToJson()).Digest);
        Assert.Contains("\"name\":\"send_mail\"", policy.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_no_policy_can_have_is_named_with_the_way_out()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(static () => GuardrailPolicy.Starter("a", "Ada", [ToolInfo.Named("send mail")]));
        Assert.Contains("'send mail' can't stand in a policy", refused.Message, StringComparison.Ordinal);
        Assert.Throws<GuardrailPolicyException>(static () => GuardrailPolicy.Starter("a b", "", []));
    }

    [Fact]
    public void A_tool_said_to_read_keeps_everything_else()
    {
        ToolInfo tool = new ToolInfo { Id = "a", Name = "b", Server = "s", Access = ToolAccess.Delete, Tier = RiskTier.High, Labels = ["l"], Touches = ["t"] }.AsReadOnly();
        Assert.Equal(("a", "b", "s", ToolAccess.Read, RiskTier.Low, true), (tool.Id, tool.Name, tool.Server, tool.Access, tool.Tier, tool.Reversible));
        Assert.Equal(["l", "t"], tool.Labels.Concat(tool.Touches));
    }
}
