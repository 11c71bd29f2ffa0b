using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Faults;

public sealed class Approver_faults
{
    public static TheoryData<string, string, bool> Matrix()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (string fault in Fault.All)
        {
            foreach (string tool in new[] { "notes.write", "notes.remove", "prod.write" })
            {
                data.Add(fault, tool, false);
                data.Add(fault, tool, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task An_approver_that_fails_has_not_approved(string fault, string tool, bool elsewhere)
    {
        bool ran = false;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = new CallbackApprover((_, _) => Fault.Play<ApprovalResponse>(fault)));

        Task<Decision> call = DecideAsync(host, tool, elsewhere, () => ran = true);
        if (fault == Fault.NeverAnswers)
        {
            Assert.False(call.IsCompleted);
            host.Time.Advance(TimeSpan.FromHours(4));
        }

        string code = fault switch
        {
            Fault.NeverAnswers => DecisionCodes.ApprovalExpired,
            Fault.Nothing => DecisionCodes.ApprovalRejected,
            _ => DecisionCodes.ApprovalThrew,
        };
        Decision decision = await call;
        Assert.Equal((Effect.Deny, code), (decision.Effect, decision.Code));
        Assert.False(ran);
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal(("deny", code), (Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision).Effect, decision.Code));
        AuditRecord[] approvals = [.. records.Where(static r => r.Kind == AuditRecordKind.Approval)];
        Assert.Equal(["requested", code switch { DecisionCodes.ApprovalExpired => "expired", DecisionCodes.ApprovalRejected => "rejected", _ => "refused" }], approvals.Select(static a => a.Status));
        Assert.All(approvals, a => Assert.Equal(decision.CallId, a.CallId));
        Assert.DoesNotContain(records, static r => r.Kind == AuditRecordKind.Outcome || r.ToString().Contains("planted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_approver_that_throws_when_it_is_told_to_stop_let_the_request_expire()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Approver = new CallbackApprover(static (_, token) =>
        {
            token.Register(static () => throw new InvalidOperationException("planted"));
            return new(new TaskCompletionSource<ApprovalResponse>().Task);
        }));

        Task<Decision> call = DecideAsync(host, "notes.write", elsewhere: false, static () => { });
        host.Time.Advance(TimeSpan.FromHours(4));

        Assert.Equal(DecisionCodes.ApprovalExpired, (await call).Code);
        Assert.Equal(["requested", "expired"], (await host.RecordsAsync(AuditRecordKind.Approval)).Select(static r => r.Status));
    }

    [Fact]
    public async Task An_answer_that_comes_after_the_request_has_expired_changes_nothing()
    {
        var late = new TaskCompletionSource<ApprovalResponse>();
        ApprovalRequest? asked = null;
        bool ran = false;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = new CallbackApprover((request, _) =>
        {
            asked = request;
            return new(late.Task);
        }));

        Task<Decision> call = DecideAsync(host, "notes.write", elsewhere: false, () => ran = true);
        host.Time.Advance(TimeSpan.FromHours(4));
        late.SetResult(Words.Yes(asked!));

        Assert.Equal((DecisionCodes.ApprovalExpired, false), ((await call).Code, ran));
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
    }

    [Fact]
    public async Task Not_now_leaves_the_call_pending()
    {

        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Approver = new CallbackApprover(static (_, _) => new(ApprovalResponse.Defer())));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done);

        // 'Not now' is the one answer that leaves the call pending.
        Assert.Equal((Effect.RequireApproval, false), (outcome.Decision.Effect, outcome.Executed));
        Assert.NotNull(outcome.PendingApproval);
        Assert.Equal(["requested", "deferred"], (await host.RecordsAsync(AuditRecordKind.Approval)).Select(static r => r.Status));
    }

    private static async Task<Decision> DecideAsync(GovernedHost host, string tool, bool elsewhere, Action run)
    {
        if (elsewhere)
        {
            ToolAuthorization authorization = await host.Session().AuthorizeAsync(tool, Words.For(tool));
            Assert.Null(authorization.Token);
            return authorization.Decision;
        }

        ToolOutcome<bool> outcome = await host.Session().InvokeAsync(tool, Words.For(tool), (_, _) =>
        {
            run();
            return new ValueTask<bool>(true);
        });
        Assert.False(outcome.Executed);
        return outcome.Decision;
    }
}
