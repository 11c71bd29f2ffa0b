using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

/// <summary>What a child of a child asks for isn't lost on the way up, and everybody above it is named and judged.</summary>
public abstract class T12_a_childs_request_reaches_its_root : EachStore
{
    private static readonly string Policy = WithBoss(1000);

    private readonly Payments _payments;

    private protected T12_a_childs_request_reaches_its_root(StoreKind kind)
        : base(kind) => _payments = new Payments(Stores);

    [Fact]
    public async Task The_host_of_the_root_is_asked_with_the_whole_path()
    {
        ApprovalRequest? asked = null;
        var notifier = new CollectingNotifier();
        await using GovernedHost host = _payments.Host(
            o =>
            {
                o.Approver = new CallbackApprover((request, _) =>
                {
                    asked = request;
                    return new(ApprovalResponse.Defer());
                });
                o.ApprovalNotifiers.Add(notifier);
            },
            Policy);

        ToolOutcome<string> outcome = await Leaf(host).InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done);

        Assert.Equal(asked!.Id, outcome.PendingApproval!.Id);
        Assert.Equal(asked.Id, (await notifier.NextAsync()).Request.Id);
        foreach (ApprovalRequest request in (ApprovalRequest[])[asked, Assert.Single(await host.Pipeline.Approvals.ReadAsync()).Request])
        {
            Assert.Equal(["leaf clerk", "middle clerk", "root boss"], Path(request.Session));
            Assert.Equal(["clerk", "leaf", "clerk", "middle", "boss", "root"], request.ToLines().Where(static l => l.Section == ApprovalSection.Requester).Select(static l => l.Text).Take(6));
        }
    }

    [Fact]
    public async Task It_goes_on_in_another_host_with_the_same_chain()
    {
        string id = await ApprovedAsync();
        await using GovernedHost restarted = _payments.Host(policy: Policy);

        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(restarted, id)).Value);
        AuditRecord decision = Assert.Single(await restarted.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal("leaf", decision.SessionId);
        Assert.Equal("""[{"session":"root","agent":"boss"},{"session":"middle","agent":"clerk"}]""", decision.ToJson().GetProperty("path").GetRawText());
    }

    [Fact]
    public async Task An_agent_above_that_may_less_by_now_stops_it()
    {
        string id = await ApprovedAsync();
        await using GovernedHost restarted = _payments.Host(policy: WithBoss(10));

        Assert.Equal((DecisionCodes.ScopeNoGrant, false), ((await Payments.ResumeAsync(restarted, id)) is var outcome ? outcome.Decision.Code : "", outcome.Executed));
    }

    [Fact]
    public async Task An_agent_above_that_is_suspended_stops_it()
    {
        string id = await ApprovedAsync();
        await using GovernedHost restarted = _payments.Host(policy: Policy);
        await restarted.Pipeline.SuspendAsync(SuspensionTarget.Agent("boss"), Payments.Ben.Principal, "odd calls");

        Assert.Equal((DecisionCodes.SuspensionAgent, false), ((await Payments.ResumeAsync(restarted, id)) is var outcome ? outcome.Decision.Code : "", outcome.Executed));
    }

    [Fact]
    public async Task From_the_greatest_depth_it_reaches_the_root_with_everybody_between()
    {
        ApprovalRequest? asked = null;
        await using GovernedHost host = _payments.Host(
            o => o.Approver = new CallbackApprover((request, _) =>
            {
                asked = request;
                return new(ApprovalResponse.Approve(Payments.Ada, request.ShortDigest));
            }),
            Policy);
        AgentSession deepest = Beneath(host.Session("boss", "d1"), 2, 8);
        string[] path = [.. Enumerable.Range(2, 7).Reverse().Select(static d => FormattableString.Invariant($"d{d} clerk")), "d1 boss"];

        Assert.True((await deepest.InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done)).HasValue);

        Assert.Equal(path, Path(asked!.Session));
        Assert.Equal(path, Path((await host.Pipeline.Approvals.FindAsync(asked.Id))!.Request.Session));
        Assert.All(path, p => Assert.Contains(p.Split(' ')[0], asked.ToLines().Where(static l => l.Section == ApprovalSection.Requester).Select(static l => l.Text)));
        AuditRecord decision = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(path.Skip(1).Reverse(), decision.ToJson().GetProperty("path").EnumerateArray().Select(static p => $"{p.GetProperty("session").GetString()} {p.GetProperty("agent").GetString()}"));
    }

    [Fact]
    public async Task From_the_greatest_depth_it_goes_on_in_another_host()
    {
        string id;
        await using (GovernedHost host = _payments.Host(policy: Policy))
        {
            id = (await Beneath(host.Session("boss", "d1"), 2, 8).InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done)).PendingApproval!.Id;
        }

        await using GovernedHost restarted = _payments.Host(policy: Policy);
        Assert.Null(await Payments.ApproveAsync(restarted, id, Payments.Ada));
        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(restarted, id)).Value);
        Assert.Equal("d8", Assert.Single(await restarted.RecordsAsync(AuditRecordKind.Decision)).SessionId);
    }

    [Fact]
    public async Task From_deeper_than_that_nobody_is_asked()
    {
        await using GovernedHost host = _payments.Host(policy: Policy);

        ToolOutcome<string> outcome = await Beneath(host.Session("boss", "d1"), 2, 9).InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done);

        Assert.Equal((DecisionCodes.SessionTooDeep, false), (outcome.Decision.Code, outcome.Executed));
        Assert.Empty(await host.Pipeline.Approvals.ReadAsync(openOnly: false));
    }

    private static string WithBoss(int under) => Payments.With(
        "\"other\": {",
        FormattableString.Invariant($$"""
            "boss": { "owner": "ada.byron@example.com", "tier": "high", "grants": [ { "id": "all", "tools": "pay.*", "access": ["read", "write"], "where": { "arg.amount": { "under": {{under}} } } } ] }, "other": {
            """));

    private static AgentSession Leaf(GovernedHost host) => host.Session("boss", "root").StartChild("clerk", "middle").StartChild("clerk", "leaf");

    private static AgentSession Beneath(AgentSession root, int from, int to) =>
        Enumerable.Range(from, to - from + 1).Aggregate(root, static (parent, depth) => parent.StartChild("clerk", FormattableString.Invariant($"d{depth}")));

    private static IEnumerable<string> Path(SessionIdentity session)
    {
        for (SessionIdentity? at = session; at is not null; at = at.Parent)
        {
            yield return $"{at.Id} {at.Agent}";
        }
    }

    private async Task<string> ApprovedAsync()
    {
        await using GovernedHost host = _payments.Host(policy: Policy);
        string id = (await Leaf(host).InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done)).PendingApproval!.Id;
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        return id;
    }
}

public sealed class T12_a_childs_request_reaches_its_root_in_memory() : T12_a_childs_request_reaches_its_root(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class T12_a_childs_request_reaches_its_root_on_sqlite() : T12_a_childs_request_reaches_its_root(StoreKind.Sqlite);
