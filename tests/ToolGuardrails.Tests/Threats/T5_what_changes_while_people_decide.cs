using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

/// <summary>The order in which somebody says yes to a request after what it is bound to has changed: the yes is to what was shown, so the call that it would let through is refused, each for its own reason.</summary>
public abstract class T5_what_changes_while_people_decide : EachStore
{
    private readonly Payments _payments;

    private protected T5_what_changes_while_people_decide(StoreKind kind)
        : base(kind) => _payments = new Payments(Stores);

    // What changes while the request waits, what whoever then approves is told (null where the yes counts), and how the call is refused.
    public static TheoryData<string, string?, string> Changes() => new()
    {
        { "a risk of the tool", null, DecisionCodes.ApprovalPolicyChanged },
        { "the approvers", null, DecisionCodes.ApprovalPolicyChanged },
        { "the owner", null, DecisionCodes.ApprovalPolicyChanged },
        { "the tier, by the policy", null, DecisionCodes.ApprovalPolicyChanged },
        { "the server", null, DecisionCodes.ApprovalServerChanged },
        { "the definition", null, DecisionCodes.ApprovalDefinitionChanged },
        { "the tier, by a guard", null, DecisionCodes.ApprovalTierChanged },
        { "what a guard asks", null, DecisionCodes.ApprovalStale },
        { "the agent is suspended", null, DecisionCodes.SuspensionAgent },
        { "the tool is suspended", null, DecisionCodes.SuspensionTool },
        { "the server is suspended", null, DecisionCodes.SuspensionServer },
        { "the tenant is suspended", null, DecisionCodes.SuspensionTenant },
        { "everything is suspended", null, DecisionCodes.SuspensionAll },
        { "a deny", null, DecisionCodes.ScopeDenied },
        { "the grant", null, DecisionCodes.ScopeNoGrant },
        { "the agent's tier", null, DecisionCodes.TierAboveAgent },
        { "the tool is gone", null, DecisionCodes.ScopeUnknownTool },
        { "the agent is gone", null, DecisionCodes.ScopeUnknownAgent },
        { "the time", DecisionCodes.ApprovalExpired, DecisionCodes.ApprovalExpired },
        { "the key", DecisionCodes.ApprovalAltered, DecisionCodes.ApprovalAltered },
        { "the stored arguments", DecisionCodes.ApprovalAltered, DecisionCodes.ApprovalAltered },
        { "the stored session", DecisionCodes.ApprovalAltered, DecisionCodes.ApprovalAltered },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_yes_that_comes_after_the_change_lets_nothing_through(string what, string? answer, string code)
    {
        await using GovernedHost asking = _payments.Host();
        string id = await AskAsync(asking);
        await using GovernedHost? restarted = StaleFact.IsOfTheHost(what) ? _payments.Host(o => StaleFact.Configure(o, what)) : null;
        GovernedHost host = restarted ?? asking;
        await ChangeAsync(host, id, what);

        Assert.Equal(answer, await Payments.ApproveAsync(host, id, Payments.Ada));
        ToolOutcome<string> outcome = await Payments.ResumeAsync(host, id);

        Assert.True(code == outcome.Decision.Code, $"{what}: {outcome.Decision}");
        Assert.False(outcome.Executed);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("the other agent")]
    [InlineData("the policy's name")]
    [InlineData("another tool")]
    [InlineData("another tool's definition")]
    [InlineData("others are suspended")]
    public async Task What_does_not_apply_to_the_call_may_change_while_people_decide(string what)
    {
        await using GovernedHost host = _payments.Host();
        string id = await AskAsync(host);
        await ChangeAsync(host, id, what);

        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(host, id)).Value);
    }

    [Fact]
    public async Task What_changes_and_changes_back_before_the_call_was_approved_as_it_is()
    {
        await using GovernedHost host = _payments.Host();
        string id = await AskAsync(host);
        host.Pipeline.Publish(GuardrailPolicy.Parse(StaleFact.PolicyAfter("a risk of the tool")));
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        Assert.Equal(DecisionCodes.ApprovalPolicyChanged, (await Payments.ResumeAsync(host, id)).Decision.Code);
        host.Pipeline.Publish(GuardrailPolicy.Parse(Payments.Policy));

        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(host, id)).Value);
    }

    [Fact]
    public async Task An_elevation_that_is_taken_back_while_people_decide_on_its_call_takes_the_call_with_it()
    {
        string policy = Payments.With("\"tools\": \"pay.*\", \"access\": [\"read\", \"write\"]", "\"tools\": \"pay.out\", \"access\": [\"read\", \"write\"]")
            .Replace("\"clerk\": { ", "\"clerk\": { \"eligible\": [ { \"id\": \"wires\", \"tools\": \"pay.wire\", \"access\": [\"write\"], \"for\": \"00:20:00\", \"uses\": 2, \"approvers\": [\"role:sre\"] } ], ", StringComparison.Ordinal);
        await using GovernedHost host = _payments.Host(policy: policy);
        AgentSession session = host.Session(id: "s-1");
        Assert.Null(await Payments.ApproveAsync(host, (await session.RequestElevationAsync("wires", "The month ends.")).PendingApproval!.Id, Payments.Ada));
        string id = (await session.InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done)).PendingApproval!.Id;
        Assert.True(await host.Pipeline.Grants.RevokeAsync(Assert.Single(await host.Pipeline.Grants.ReadAsync()).Id, Payments.Ben.Principal, "Stop."));

        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        Assert.Equal((DecisionCodes.GrantEnded, false), ((await Payments.ResumeAsync(host, id)) is var outcome ? outcome.Decision.Code : "", outcome.Executed));
    }

    private static async Task<string> AskAsync(GovernedHost host)
    {
        AgentSession session = host.Pipeline.StartSession("clerk", GovernedHost.Dana, tenant: StaleFact.Tenant, sessionId: "s-1");
        return (await session.InvokeAsync(Payments.Out, Payments.Pay(10), Words.Done)).PendingApproval!.Id;
    }

    private async Task ChangeAsync(GovernedHost host, string id, string what)
    {
        host.Pipeline.Publish(GuardrailPolicy.Parse(StaleFact.PolicyAfter(what)));
        await StaleFact.ChangeAsync(_payments, host, id, what);
    }
}

public sealed class T5_what_changes_while_people_decide_in_memory() : T5_what_changes_while_people_decide(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class T5_what_changes_while_people_decide_on_sqlite() : T5_what_changes_while_people_decide(StoreKind.Sqlite);
