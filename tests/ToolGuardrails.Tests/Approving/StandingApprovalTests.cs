using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>A yes that covers further calls: consent, never scope; listed, and taken back at once.</summary>
public abstract class StandingApprovalTests(StoreKind kind) : EachStore(kind)
{
    [Fact]
    public async Task Further_calls_within_its_terms_are_not_asked_for_as_often_as_it_says()
    {
        await using GovernedHost host = Host("""{"arg.amount":{"under":10}}""", uses: 2);
        AgentSession session = host.Session();

        string[] codes = [await WriteAsync(session, 1), await WriteAsync(session, 2), await WriteAsync(session, 3), await WriteAsync(session, 4)];

        Assert.Equal([DecisionCodes.Allowed, DecisionCodes.Allowed, DecisionCodes.Allowed, DecisionCodes.ApprovalRequired], codes);
        AuditRecord[] records = [.. await host.RecordsAsync()];
        string grant = records.Single(static r => r.Kind == AuditRecordKind.Grant).GetString("grant")!;
        Assert.Equal(2, records.Count(r => r.Kind == AuditRecordKind.Decision && r.ToString().Contains($"\"given\":[\"{grant}\"]", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_holds_for_another_session_of_the_same_agent_and_person_and_for_nobody_else()
    {
        await using GovernedHost host = Host("""{"arg.amount":{"under":10}}""");
        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(host.Session(), 1));

        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(host.Session(), 2));
        Assert.Equal(DecisionCodes.ApprovalRequired, await WriteAsync(host.Pipeline.StartSession("clerk", new Principal("https://id.example", "eve")), 2));
        Assert.Equal(DecisionCodes.ApprovalRequired, await WriteAsync(host.Pipeline.StartSession("clerk", GovernedHost.Dana, tenant: "t"), 2));
        Assert.Equal(DecisionCodes.ApprovalRequired, await WriteAsync(host.Session("clerk").StartChild("clerk"), 2));
    }

    [Theory]
    [InlineData("""{"arg.amount":{"under":10}}""", 10)]
    [InlineData("""{"arg.amount":{"under":10},"arg.text":{"equals":"other"}}""", 2)]
    [InlineData("""{"arg.nothing":{"under":10}}""", 2)]
    [InlineData("""{"ctx.session":{"equals":"x"}}""", 2)]
    [InlineData("not json", 2)]
    [InlineData(null, 2)]
    public async Task Beyond_its_terms_people_are_asked(string? where, int amount)
    {
        await using GovernedHost host = Host(where);
        AgentSession session = host.Session();
        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(session, 1));

        Assert.Equal(DecisionCodes.ApprovalRequired, await WriteAsync(session, amount));
    }

    [Fact]
    public async Task Without_a_condition_it_is_for_exactly_the_same_arguments()
    {
        await using GovernedHost host = Host(where: null);
        AgentSession session = host.Session();

        Assert.Equal([DecisionCodes.Allowed, DecisionCodes.Allowed, DecisionCodes.ApprovalRequired], [await WriteAsync(session, 1), await WriteAsync(session, 1), await WriteAsync(session, 2)]);
    }

    [Fact]
    public async Task It_adds_consent_and_never_scope()
    {
        await using GovernedHost host = Host("""{"arg.amount":{"under":10}}""");
        AgentSession session = host.Session();
        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(session, 1));
        host.Pipeline.Publish(GuardrailPolicy.Parse(Words.ClerkWith("\"risks\": [", "\"deny\": [ { \"id\": \"stop\", \"tools\": \"notes.write\" } ], \"risks\": [")));

        Assert.Equal(DecisionCodes.ScopeDenied, await WriteAsync(session, 2));
    }

    [Fact]
    public async Task Another_policy_for_the_tool_voids_it()
    {
        await using GovernedHost host = Host("""{"arg.amount":{"under":10}}""");
        AgentSession session = host.Session();
        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(session, 1));
        host.Pipeline.Publish(GuardrailPolicy.Parse(Words.ClerkWith("\"amount\": \"number?\"", "\"amount\": \"number?\", \"more\": \"string?\"")));

        Assert.Equal(DecisionCodes.ApprovalRequired, await WriteAsync(session, 2));
    }

    [Fact]
    public async Task It_is_listed_and_taken_back_at_once()
    {
        await using GovernedHost host = Host("""{"arg.amount":{"under":10}}""");
        AgentSession session = host.Session();
        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(session, 1));

        IssuedGrant listed = Assert.Single(await host.Pipeline.Grants.ReadAsync());
        Assert.Equal((IssuedGrantKind.StandingApproval, "notes.write", 5), (listed.Kind, listed.Tools, listed.MostUses));
        Assert.True(await host.Pipeline.Grants.RevokeAsync(listed.Id, Words.LeadPrincipal, "No more of this."));
        Assert.False(await host.Pipeline.Grants.RevokeAsync(listed.Id, Words.LeadPrincipal, "Again."));

        Assert.Equal(DecisionCodes.ApprovalRequired, await WriteAsync(session, 2));
        Assert.Empty(await host.Pipeline.Grants.ReadAsync());
    }

    [Fact]
    public async Task It_ends_with_its_time()
    {
        await using GovernedHost host = Host("""{"arg.amount":{"under":10}}""");
        AgentSession session = host.Session();
        Assert.Equal(DecisionCodes.Allowed, await WriteAsync(session, 1));
        host.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(DecisionCodes.ApprovalRequired, await WriteAsync(session, 2));
    }

    [Theory]
    [InlineData("prod.write", true)]
    [InlineData("notes.write", false)]
    public async Task It_comes_out_of_a_review_only_and_from_a_proven_person(string tool, bool isProven)
    {
        await using GovernedHost host = Stores.Host(Words.Clerk);
        string id = (await host.Session().InvokeAsync(tool, Words.For(tool), Words.Done)).PendingApproval!.Id;
        ApprovalRequest request = (await host.Pipeline.Approvals.FindAsync(id))!.Request;
        Assert.True(isProven || request.Gate == ApprovalGate.Review);

        ApprovalResult? result = await host.Pipeline.Approvals.DecideAsync(id, ApprovalResponse.Approve(isProven ? Words.Lead : new ApproverIdentity(Principal.ForAgent("clerk")), request.ShortDigest, standing: new StandingApprovalTerms(TimeSpan.FromHours(1), 1)));

        Assert.Equal(isProven ? DecisionCodes.ApprovalNotStanding : DecisionCodes.ApprovalNotAllowed, result!.Refusal!.Code);
    }

    private static async Task<string> WriteAsync(AgentSession session, int amount) =>
        (await session.InvokeAsync("notes.write", ToolArguments.FromJson(FormattableString.Invariant($$"""{"id":"n1","text":"t","amount":{{amount}}}""")), Words.Done)).Decision.Code;

    // An approver who gives a standing approval the first time, and puts everything off afterwards.
    private GovernedHost Host(string? where, int uses = 5)
    {
        int asked = 0;
        return Stores.Host(Words.Clerk, o => o.Approver = new CallbackApprover((_, _) => new(++asked == 1
            ? ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana), standing: new StandingApprovalTerms(TimeSpan.FromHours(1), uses, where))
            : ApprovalResponse.Defer())));
    }
}

public sealed class StandingApprovalTests_in_memory() : StandingApprovalTests(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class StandingApprovalTests_on_sqlite() : StandingApprovalTests(StoreKind.Sqlite);
