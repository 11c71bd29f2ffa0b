namespace ToolGuardrails.Tests.Approving;

/// <summary>How far a standing approval reaches: no further than the yes that it came with, and no longer.</summary>
public sealed class TakenBackTests
{
    private const string Policy = """
        {
          "version": 1, "name": "tiers",
          "tools": { "pay": { "access": ["write"], "tier": "low", "reversible": true, "arguments": { "amount": "integer" },
            "risks": [ { "id": "dear", "when": { "arg.amount": { "over": 100 } }, "tier": "medium" } ] } },
          "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "high", "grants": [ { "id": "pay", "tools": "pay", "access": ["write"] } ] } },
          "tiers": { "low": { "approval": "review", "approvers": ["subject"] }, "medium": { "approval": "review", "approvers": ["role:sre", "subject"] } }
        }
        """;

    private static readonly StandingApprovalTerms Any = new(TimeSpan.FromHours(8), 20, """{"arg.amount":{"over":0}}""");

    private readonly Payments _payments = new();

    [Fact]
    public async Task A_yes_that_is_taken_back_takes_its_standing_approval_with_it()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        string id = await GivenAsync(host);
        Assert.True((await PayAsync(host, 2)).Executed);

        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Reject("I take it back.", Payments.Dana)));

        Assert.Equal(DecisionCodes.ApprovalRequired, (await PayAsync(host, 3)).Decision.Code);
        Assert.Equal(DecisionCodes.ApprovalRejected, (await PayAsync(host, 1)).Decision.Code);
        Assert.Empty(await host.Pipeline.Grants.ReadAsync());
        Assert.Equal(Payments.Dana.Principal, (await host.Pipeline.Grants.FindAsync(id))!.Revoked!.By);
    }

    [Fact]
    public async Task A_no_by_whom_nobody_can_prove_takes_it_back_as_well()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        string id = await GivenAsync(host);

        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Reject("Somebody at the door.")));

        Assert.Equal("unproven|unproven", (await host.Pipeline.Grants.FindAsync(id))!.Revoked!.By.ToString());
    }

    [Fact]
    public async Task Where_whoever_took_it_back_ended_before_the_grant_did_it_covers_nothing_all_the_same()
    {
        await using GovernedHost host = _payments.Host(policy: Policy);
        string id = await GivenAsync(host);
        var elsewhere = new ApprovalInbox(_payments.Approvals, new InMemoryGrantStore(), host.Time); // Its grants aren't the host's, so it takes back nothing there.
        Assert.Null((await elsewhere.DecideAsync(id, ApprovalResponse.Reject("No.", Payments.Dana)))!.Refusal);
        Assert.Single(await host.Pipeline.Grants.ReadAsync());

        Assert.Equal(DecisionCodes.ApprovalRequired, (await PayAsync(host, 2)).Decision.Code);
    }

    [Fact]
    public async Task A_standing_approval_covers_no_call_of_another_tier()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        await GivenAsync(host);

        Assert.Equal((RiskTier.Low, true), await TierAsync(host, 100));
        Assert.Equal((RiskTier.Medium, false), await TierAsync(host, 101));
    }

    // One call that waits and is approved, with a standing approval for every amount.
    private static async Task<string> GivenAsync(GovernedHost host)
    {
        string id = (await PayAsync(host, 1)).PendingApproval!.Id;
        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Approve(Payments.Dana, standing: Any)));
        return id;
    }

    private static async Task<(RiskTier Tier, bool Executed)> TierAsync(GovernedHost host, int amount)
    {
        ToolOutcome<string> outcome = await PayAsync(host, amount);
        return (outcome.Decision.Tier, outcome.Executed);
    }

    private static ValueTask<ToolOutcome<string>> PayAsync(GovernedHost host, int amount) =>
        host.Session(id: "s-1").InvokeAsync("pay", ToolArguments.FromJson(FormattableString.Invariant($$"""{"amount":{{amount}}}""")), static (_, _) => new ValueTask<string>("paid"));
}
