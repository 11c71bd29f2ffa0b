using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

/// <summary>What was approved while something else held is refused where the call is resumed, in another host, each for its own reason.</summary>
public abstract class T5_a_stale_approval_stops_the_call : EachStore
{
    private readonly Payments _payments;

    private protected T5_a_stale_approval_stops_the_call(StoreKind kind)
        : base(kind) => _payments = new Payments(Stores);

    // What has changed, and how the host that resumes says so.
    public static TheoryData<string, string> Changes() => new()
    {
        { "a risk of the tool", DecisionCodes.ApprovalPolicyChanged },
        { "the approvers", DecisionCodes.ApprovalPolicyChanged },
        { "the owner", DecisionCodes.ApprovalPolicyChanged },
        { "the server", DecisionCodes.ApprovalServerChanged },
        { "the definition", DecisionCodes.ApprovalDefinitionChanged },
        { "the tier, by a guard", DecisionCodes.ApprovalTierChanged },
        { "what a guard asks", DecisionCodes.ApprovalStale },
        { "the agent is suspended", DecisionCodes.SuspensionAgent },
        { "the tool is suspended", DecisionCodes.SuspensionTool },
        { "everything is suspended", DecisionCodes.SuspensionAll },
        { "the time", DecisionCodes.ApprovalExpired },
        { "the key", DecisionCodes.ApprovalAltered },
        { "the stored arguments", DecisionCodes.ApprovalAltered },
        { "the stored session", DecisionCodes.ApprovalAltered },
        { "a deny", DecisionCodes.ScopeDenied },
        { "the grant", DecisionCodes.ScopeNoGrant },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Each_bound_fact_has_a_code_of_its_own(string what, string code)
    {
        string id = await ApprovedAsync();
        await using GovernedHost host = _payments.Host(o => StaleFact.Configure(o, what), StaleFact.PolicyAfter(what));
        await StaleFact.ChangeAsync(_payments, host, id, what);

        ToolOutcome<string> outcome = await Payments.ResumeAsync(host, id);

        Assert.True(code == outcome.Decision.Code, $"{what}: {outcome.Decision}");
        Assert.False(outcome.Executed);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("the other agent")]
    [InlineData("the policy's name")]
    [InlineData("another tool")]
    public async Task What_does_not_apply_to_the_call_may_change(string what)
    {
        string id = await ApprovedAsync();
        await using GovernedHost host = _payments.Host(policy: StaleFact.PolicyAfter(what));

        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(host, id)).Value);
    }

    [Fact]
    public async Task An_elevation_that_was_taken_back_takes_what_waits_with_it()
    {
        string policy = Payments.With("\"tools\": \"pay.*\", \"access\": [\"read\", \"write\"]", "\"tools\": \"pay.out\", \"access\": [\"read\", \"write\"]")
            .Replace("\"clerk\": { ", "\"clerk\": { \"eligible\": [ { \"id\": \"wires\", \"tools\": \"pay.wire\", \"access\": [\"write\"], \"for\": \"00:20:00\", \"uses\": 2, \"approvers\": [\"role:sre\"] } ], ", StringComparison.Ordinal);
        string id;
        string grant;
        await using (GovernedHost host = _payments.Host(policy: policy))
        {
            AgentSession session = host.Session(id: "s-1");
            string asked = (await session.RequestElevationAsync("wires", "The month ends.")).PendingApproval!.Id;
            Assert.Null(await Payments.ApproveAsync(host, asked, Payments.Ada));
            grant = Assert.Single(await host.Pipeline.Grants.ReadAsync()).Id;
            id = (await session.InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done)).PendingApproval!.Id;
            Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        }

        await using GovernedHost restarted = _payments.Host(policy: policy);
        Assert.True(await restarted.Pipeline.Grants.RevokeAsync(grant, Payments.Ben.Principal, "Stop."));

        Assert.Equal((DecisionCodes.GrantEnded, false), ((await Payments.ResumeAsync(restarted, id)) is var outcome ? outcome.Decision.Code : "", outcome.Executed));
    }

    [Fact]
    public async Task A_refusal_does_not_use_the_approval_up()
    {
        string id = await ApprovedAsync();
        await using (GovernedHost host = _payments.Host(policy: StaleFact.PolicyAfter("a risk of the tool")))
        {
            Assert.Equal(DecisionCodes.ApprovalPolicyChanged, (await Payments.ResumeAsync(host, id)).Decision.Code);
        }

        await using GovernedHost asBefore = _payments.Host();
        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(asBefore, id)).Value);
    }

    [Fact]
    public async Task What_was_altered_in_the_store_takes_no_answer_either()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await using GovernedHost host = _payments.Host();
        await StaleFact.AlterAsync(_payments, id, "\\u0022amount\\u0022:10", "\\u0022amount\\u0022:99");

        ApprovalCase altered = (await host.Pipeline.Approvals.FindAsync(id))!;
        Assert.Equal(DecisionCodes.ApprovalAltered, await Payments.AnswerAsync(host, id, ApprovalResponse.Approve(Payments.Ada, altered.Request.ShortDigest)));
        Assert.Equal(DecisionCodes.ApprovalAltered, (await Payments.ResumeAsync(host, id)).Decision.Code);
    }

    private async Task<string> ApprovedAsync()
    {
        string id = await _payments.PendingAsync(Payments.Out);
        await using GovernedHost host = _payments.Host();
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        return id;
    }
}

public sealed class T5_a_stale_approval_stops_the_call_in_memory() : T5_a_stale_approval_stops_the_call(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class T5_a_stale_approval_stops_the_call_on_sqlite() : T5_a_stale_approval_stops_the_call(StoreKind.Sqlite);
