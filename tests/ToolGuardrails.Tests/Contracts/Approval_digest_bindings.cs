using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

// docs/approval-digest.md: what it binds. The encoding itself: Approval/ApprovalDigestTests.
public sealed class Approval_digest_bindings
{
    private static readonly ToolArguments Rows = ToolArguments.FromJson("""{"rows":3}""");

    private static readonly string FirstDefinition = "sha256:" + new string('a', 64);

    // What changes while the human thinks, and what it does to the approval.
    public static TheoryData<string, string, string> BoundMembers() => new()
    {
        { "the tool's name on the wire", "\"write_rows\"", "\"write_all_rows\"" },
        { "the tool's server", "\"server\": \"warehouse\"", "\"server\": \"office\"" },
        { "the tool's reversible", "\"reversible\": true", "\"reversible\": false" },
        { "the tool's arguments", "{ \"rows\": \"integer\" }", "{ \"rows\": \"integer\", \"note\": \"string?\" }" },
        { "the tool's facts", "\"zone\": \"a\"", "\"zone\": \"b\"" },
        { "the tool's labels", "[\"external\"]", "[]" },
        { "what the tool touches", "[\"stock\"]", "[\"stock\", \"ledger\"]" },
        { "the tool's own risks", "\"over\": 500", "\"over\": 501" },
        { "what a risk says", "\"some rows\"", "\"a few rows\"" },
        { "a risk that doesn't match", "\"over\": 100 }", "\"over\": 99 }" },
        { "a new risk that doesn't match", "\"risks\": [ { \"id\": \"bulk\"", "\"risks\": [ { \"id\": \"new\", \"tools\": \"*\", \"when\": { \"ctx.site\": { \"equals\": \"none\" } }, \"tier\": \"high\" }, { \"id\": \"bulk\"" },
        { "a deny that doesn't match", "\"over\": 1000", "\"over\": 999" },
        { "a deny of the agent's that doesn't match", "\"deny\": []", "\"deny\": [ { \"id\": \"d\", \"tools\": \"stock.write\", \"where\": { \"arg.rows\": { \"over\": 7 } } } ]" },
        { "the grant's condition, which still matches", "\"access\": [\"write\"] }, { \"id\": \"desk\"", "\"access\": [\"write\"], \"where\": { \"arg.rows\": { \"under\": 10 } } }, { \"id\": \"desk\"" },
        { "the grant's id", "\"id\": \"write\"", "\"id\": \"write-all\"" },
        { "the agent's owner", "maria.ortiz@", "mona.ortiz@" },
        { "the agent's ceiling", "\"useCase\": \"keeps stock\", \"tier\": \"high\"", "\"useCase\": \"keeps stock\", \"tier\": \"medium\"" },
        { "the gate's approvers", "[\"subject\"]", "[\"subject\", \"role:sre\"]" },
        { "how long the gate waits", "04:00:00", "05:00:00" },
    };

    public static TheoryData<string, string, string> UnboundMembers() => new()
    {
        { "the policy's name", "\"bound\"", "\"renamed\"" },
        { "another agent's grant", "\"id\": \"o\"", "\"id\": \"p\"" },
        { "another agent's tier", "\"owner\": \"olu.ade@example.com\", \"tier\": \"medium\"", "\"owner\": \"olu.ade@example.com\", \"tier\": \"low\"" },
        { "an agent that isn't above this one", "ada.byron@", "ada.king@" },
        { "another tool", "\"desk.read\": { \"server\": \"office\", \"access\": [\"read\"]", "\"desk.read\": { \"server\": \"office\", \"access\": [\"read\"], \"labels\": [\"desk\"]" },
        { "a grant of this agent for another tool", "\"id\": \"desk\"", "\"id\": \"table\"" },
        { "another server", "\"office\": {}", "\"office\": { \"trusted\": true }" },
        { "the server's trust, which decides nothing", "\"trusted\": false", "\"trusted\": true" },
        { "a fact of the server that no rule reads", "\"region\": \"north\"", "\"region\": \"south\"" },
        { "a fact of the policy that no rule reads", "\"site\": \"main\"", "\"site\": \"spare\"" },
        { "a new agent and tool", "\"agents\": {", "\"agents\": { \"new\": { \"owner\": \"n@example.com\", \"tier\": \"low\" }," },
        { "a deny on another tool", "\"deny\": [ {", "\"deny\": [ { \"id\": \"desk\", \"tools\": \"desk.read\" }, {" },
        { "a risk on another tool", "\"risks\": [ { \"id\": \"bulk\"", "\"risks\": [ { \"id\": \"desk\", \"tools\": \"desk.*\", \"tier\": \"medium\" }, { \"id\": \"bulk\"" },
        { "a default written out", "\"boss\": { \"owner\"", "\"boss\": { \"enforcement\": \"enforce\", \"owner\"" },
    };

    [Theory]
    [MemberData(nameof(BoundMembers))]
    public async Task An_edit_of_what_applies_makes_what_is_pending_stale(string what, string old, string replacement)
    {
        (ToolOutcome<string> outcome, _) = await InvokeAsync(host => host.Pipeline.Publish(BoundPolicy.With(old, replacement)));

        string code = what == "the tool's server" ? DecisionCodes.ApprovalServerChanged : DecisionCodes.ApprovalPolicyChanged;
        Assert.True(code == outcome.Decision.Code, $"{what}: {outcome.Decision.Code}");
        Assert.False(outcome.Executed);
    }

    [Theory]
    [MemberData(nameof(UnboundMembers))]
    public async Task An_unrelated_edit_leaves_it_alone_and_the_new_policy_is_recorded(string what, string old, string replacement)
    {
        GuardrailPolicy edited = BoundPolicy.With(old, replacement);
        (ToolOutcome<string> outcome, AuditRecord decision) = await InvokeAsync(host => host.Pipeline.Publish(edited));

        Assert.True(outcome.HasValue, $"{what}: {outcome.Decision.Code}");
        Assert.NotEqual(GuardrailPolicy.Parse(BoundPolicy.Json).Digest, edited.Digest);
        Assert.Equal((edited.Digest, edited.Digest), (outcome.Decision.PolicyDigest, decision.GetString("policy")));
    }

    [Theory]
    [InlineData("\"ada.byron@example.com\"", "\"ada.king@example.com\"", DecisionCodes.ApprovalPolicyChanged)]
    [InlineData("\"olu.ade@example.com\"", "\"ola.ade@example.com\"", DecisionCodes.Allowed)]
    public async Task An_edit_of_an_agent_above_makes_it_stale_too(string old, string replacement, string code)
    {
        (ToolOutcome<string> outcome, _) = await InvokeAsync(
            host => host.Pipeline.Publish(BoundPolicy.With(old, replacement)),
            static host => host.Session("boss").StartChild("clerk"));

        Assert.Equal(code, outcome.Decision.Code);
    }

    [Fact]
    public async Task A_definition_that_is_first_shown_while_a_call_is_pending_makes_it_stale()
    {
        (ToolOutcome<string> outcome, _) = await InvokeAsync(static host => Assert.True(host.Pipeline.ObserveDefinition("stock.write", FirstDefinition)));

        Assert.Equal(DecisionCodes.ApprovalDefinitionChanged, outcome.Decision.Code);
    }

    [Fact]
    public async Task A_definition_of_another_tool_makes_nothing_stale()
    {
        (ToolOutcome<string> outcome, _) = await InvokeAsync(static host => host.Pipeline.ObserveDefinition("desk.read", FirstDefinition));

        Assert.True(outcome.HasValue);
    }

    [Theory]
    [InlineData("a deny", "\"over\": 1000", "\"over\": 2", DecisionCodes.ScopeDenied)]
    [InlineData("no grant", "\"access\": [\"write\"] }, { \"id\": \"desk\"", "\"access\": [\"write\"], \"where\": { \"arg.rows\": { \"over\": 10 } } }, { \"id\": \"desk\"", DecisionCodes.ScopeNoGrant)]
    [InlineData("a risk that now matches", "\"over\": 100 }", "\"over\": 2 }", DecisionCodes.ApprovalPolicyChanged)]
    public async Task What_would_be_denied_now_is_denied_for_that_reason(string what, string old, string replacement, string code)
    {
        (ToolOutcome<string> outcome, _) = await InvokeAsync(host => host.Pipeline.Publish(BoundPolicy.With(old, replacement)));

        Assert.True(code == outcome.Decision.Code, $"{what}: {outcome.Decision.Code}");
    }

    [Fact]
    public async Task A_policy_that_is_gone_denies_what_was_pending()
    {
        (ToolOutcome<string> outcome, _) = await InvokeAsync(static host => host.Pipeline.Publish(null));

        Assert.Equal(DecisionCodes.PolicyMissing, outcome.Decision.Code);
    }

    public static TheoryData<string> Distinct() => ["session", "session id", "agent", "subject", "tenant", "arguments", "nested"];

    [Theory]
    [MemberData(nameof(Distinct))]
    public async Task Who_asks_for_whom_and_what_is_bound(string what)
    {
        var digests = new List<string>();
        await using GovernedHost host = GovernedHost.Start(BoundPolicy.Json, o => o.Approver = Words.Approves(request => digests.Add(request.Digest)));
        GuardrailPipeline pipeline = host.Pipeline;
        AgentSession first = pipeline.StartSession("clerk", GovernedHost.Dana, "acme", "s-1");
        AgentSession second = what switch
        {
            "session id" => pipeline.StartSession("clerk", GovernedHost.Dana, "acme", "s-2"),
            "agent" => pipeline.StartSession("boss", GovernedHost.Dana, "acme", "s-1"),
            "subject" => pipeline.StartSession("clerk", new Principal("https://id.example", "dan"), "acme", "s-1"),
            "tenant" => pipeline.StartSession("clerk", GovernedHost.Dana, null, "s-1"),
            "nested" => pipeline.StartSession("boss", GovernedHost.Dana, "acme", "s-0").StartChild("clerk", "s-1"),
            _ => pipeline.StartSession("clerk", GovernedHost.Dana, "acme", "s-1"),
        };

        await first.InvokeAsync("stock.write", Rows, Words.Done);
        await second.InvokeAsync("stock.write", what == "arguments" ? ToolArguments.FromJson("""{"rows":3.0}""") : Rows, Words.Done);

        // Two sessions of the same host-given id are one session; everything else tells them apart. 3.0 isn't an integer and is never asked about.
        Assert.Equal(what is "arguments" ? 1 : 2, digests.Count);
        Assert.Equal(what is "session" or "arguments" ? 1 : 2, digests.Distinct().Count());
    }

    private static async Task<(ToolOutcome<string> Outcome, AuditRecord Decision)> InvokeAsync(Action<GovernedHost> meanwhile, Func<GovernedHost, AgentSession>? start = null)
    {
        GovernedHost? host = null;
        await using GovernedHost started = host = GovernedHost.Start(BoundPolicy.Json, o => o.Approver = Words.Approves(_ => meanwhile(host!)));
        ToolOutcome<string> outcome = await (start?.Invoke(host) ?? host.Session()).InvokeAsync("stock.write", Rows, Words.Done);
        return (outcome, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)));
    }
}
