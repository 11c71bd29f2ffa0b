namespace ToolGuardrails.Tests.Approving;

/// <summary>How many people, with which words, how soon, and who else after a while: as the policy has it, over the inbox.</summary>
public abstract class WhoMayApproveTests : EachStore
{
    private const string High = "\"expires\": \"00:30:00\"";
    private const string Medium = "\"expires\": \"04:00:00\"";

    private static readonly string Quorum = Payments.With(High, High + ", \"quorum\": 2");
    private static readonly string Comment = Payments.With(High, High + ", \"comment\": true");
    private static readonly string Escalating = Payments.With(High, High + ", \"escalate\": { \"after\": \"00:10:00\", \"to\": [\"role:lead\"] }");
    private static readonly ApproverIdentity Boss = new(new Principal("https://id.example", "boss"), ["lead"]);

    private readonly Payments _payments;

    private protected WhoMayApproveTests(StoreKind kind)
        : base(kind) => _payments = new Payments(Stores);

    [Fact]
    public async Task Two_people_are_two_people()
    {
        string id = await _payments.PendingAsync(Payments.Wire, policy: Quorum);
        await using GovernedHost host = _payments.Host(policy: Quorum);

        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        Assert.Equal((Effect.RequireApproval, false), ((await Payments.ResumeAsync(host, id)) is var one ? one.Decision.Effect : default, one.Executed));
        Assert.Equal(DecisionCodes.ApprovalRepeated, await Payments.ApproveAsync(host, id, Payments.Ada));
        Assert.Equal(DecisionCodes.ApprovalRepeated, await Payments.ApproveAsync(host, id, new ApproverIdentity(new Principal("https://ID.example", "Ada"), ["sre"])));
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, id, Payments.Dana));
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ben));
        Assert.True((await Payments.ResumeAsync(host, id)).HasValue);

        Assert.Equal(["approved", "refused", "refused", "refused", "approved"], (await host.RecordsAsync(AuditRecordKind.Approval)).Select(static r => r.Status));
    }

    [Fact]
    public async Task Of_many_people_at_once_each_counts_once()
    {
        string id = await _payments.PendingAsync(Payments.Wire, policy: Quorum);
        await using GovernedHost host = _payments.Host(policy: Quorum);

        string?[] codes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Payments.ApproveAsync(host, id, Payments.Ada))));

        Assert.Single(codes, static c => c is null);
        Assert.All(codes.Where(static c => c is not null), static c => Assert.Equal(DecisionCodes.ApprovalRepeated, c));
        Assert.Equal(ApprovalStatus.Pending, (await host.Pipeline.Approvals.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task One_no_outweighs_the_yes_before_it()
    {
        string id = await _payments.PendingAsync(Payments.Wire, policy: Quorum);
        await using GovernedHost host = _payments.Host(policy: Quorum);
        await Payments.ApproveAsync(host, id, Payments.Ada);

        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Reject("no", Payments.Ben)));

        Assert.Equal(DecisionCodes.ApprovalRejected, (await Payments.ResumeAsync(host, id)).Decision.Code);
        Assert.Equal(DecisionCodes.ApprovalClosed, await Payments.ApproveAsync(host, id, Payments.Ben));
    }

    [Theory]
    [InlineData(null, DecisionCodes.ApprovalNoComment)]
    [InlineData("", DecisionCodes.ApprovalNoComment)]
    [InlineData(" \t\u00A0", DecisionCodes.ApprovalNoComment)]
    [InlineData("ticket 7", null)]
    public async Task A_comment_is_given_where_the_policy_asks_for_one(string? comment, string? code)
    {
        string id = await _payments.PendingAsync(Payments.Wire, policy: Comment);
        await using GovernedHost host = _payments.Host(policy: Comment);

        Assert.Equal(code, await Payments.ApproveAsync(host, id, Payments.Ada, comment));
    }

    [Fact]
    public async Task A_no_needs_no_comment()
    {
        string id = await _payments.PendingAsync(Payments.Wire, policy: Comment);
        await using GovernedHost host = _payments.Host(policy: Comment);

        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Reject(by: Payments.Ada)));
    }

    [Fact]
    public async Task Others_may_answer_once_nobody_has_for_a_while()
    {
        var notifier = new CollectingNotifier();
        string id = await _payments.PendingAsync(Payments.Wire, policy: Escalating);
        await using GovernedHost host = _payments.Host(o => o.ApprovalNotifiers.Add(notifier), Escalating);
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, id, Boss));
        host.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        await host.Pipeline.LookAsync();
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, id, Boss));
        host.Time.Advance(TimeSpan.FromTicks(1));
        await host.Pipeline.LookAsync();
        await host.Pipeline.LookAsync();

        ApprovalNotice told = await notifier.NextAsync();
        Assert.Equal((id, true), (told.Request.Id, told.IsEscalated));
        Assert.Equal(["role:sre", "user:https://id.example|lead", "role:lead"], told.Approvers);
        Assert.Null(await Payments.ApproveAsync(host, id, Boss));
        Assert.True((await Payments.ResumeAsync(host, id)).HasValue);
        Assert.Equal(["refused", "refused", "escalated", "approved"], (await host.RecordsAsync(AuditRecordKind.Approval)).Select(static r => r.Status));
        Assert.Equal(0, notifier.Waiting);
    }

    [Fact]
    public async Task The_first_group_still_may()
    {
        string id = await _payments.PendingAsync(Payments.Wire, policy: Escalating);
        await using GovernedHost host = _payments.Host(policy: Escalating);
        host.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
    }

    [Theory]
    [InlineData(Payments.Wire, DecisionCodes.ApprovalTooQuick)]
    [InlineData(Payments.Out, null)]
    public async Task Where_every_call_is_approved_nobody_has_read_it_sooner_than_the_host_says(string tool, string? code)
    {
        static void Slow(GuardrailOptions o) => o.MinimumApprovalTime = TimeSpan.FromSeconds(3);
        string id = await _payments.PendingAsync(tool, configure: Slow);
        await using GovernedHost host = _payments.Host(Slow);
        host.Time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));

        Assert.Equal(code, await Payments.ApproveAsync(host, id, Payments.Ada));
        host.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(code is null ? DecisionCodes.ApprovalClosed : null, await Payments.ApproveAsync(host, id, Payments.Ada));
    }

    [Fact]
    public async Task A_review_can_ask_for_a_comment_and_go_to_others_too()
    {
        string policy = Payments.With(Medium, Medium + ", \"comment\": true, \"escalate\": { \"after\": \"01:00:00\", \"to\": [\"role:lead\"] }");
        string id = await _payments.PendingAsync(Payments.Out, policy: policy);
        await using GovernedHost host = _payments.Host(policy: policy);

        Assert.Equal(DecisionCodes.ApprovalNoComment, await Payments.ApproveAsync(host, id, Payments.Dana));
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, id, Boss, "seen"));
        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await Payments.ApproveAsync(host, id, Boss, "seen"));
        Assert.True((await Payments.ResumeAsync(host, id)).HasValue);
    }
}

public sealed class WhoMayApproveTests_in_memory() : WhoMayApproveTests(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class WhoMayApproveTests_on_sqlite() : WhoMayApproveTests(StoreKind.Sqlite);
