using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>A call that waits for people, and what makes it go on: out of the store, in another process, once.</summary>
public abstract class PendingAndResumeTests(StoreKind kind) : EachStore(kind)
{
    [Theory]
    [InlineData("notes.write")]
    [InlineData("prod.write")]
    public async Task A_pending_call_goes_on_after_a_restart_out_of_what_the_store_has(string tool)
    {
        string id = await PendingAsync(tool);
        await using GovernedHost restarted = Host();

        ApprovalResult? result = await restarted.Pipeline.Approvals.DecideAsync(id, Lead.Says(await CaseAsync(restarted, id)));
        ToolOutcome<string> outcome = await restarted.Pipeline.ResumeAsync(id, static (arguments, _) => new ValueTask<string>(arguments.ToCanonicalJson()));

        Assert.True(result!.IsAccepted, result.Refusal?.Code);
        Assert.Equal((true, Words.For(tool).ToCanonicalJson()), (outcome.HasValue, outcome.Value));
        Assert.Equal(("succeeded", ApprovalStatus.Finished), ((await CaseAsync(restarted, id)).Outcome, (await CaseAsync(restarted, id)).Status));
    }

    [Fact]
    public async Task The_resumed_call_is_recorded_under_its_session_and_linked_to_the_request()
    {
        string id = await PendingAsync("prod.write", "use-7");
        await using GovernedHost restarted = Host();
        await restarted.Pipeline.Approvals.DecideAsync(id, Lead.Says(await CaseAsync(restarted, id), "go on"));
        await restarted.Pipeline.ResumeAsync(id, Words.Done);

        IReadOnlyList<AuditRecord> records = [.. (await restarted.RecordsAsync()).Where(static r => r.Kind != AuditRecordKind.Policy)];
        Assert.Equal(["approval", "decision", "outcome"], records.Select(static r => r.GetString("ev")));
        Assert.All(records, static r => Assert.Equal("s-1", r.GetString("session")));
        Assert.Equal(("approved", Words.LeadPrincipal.ToString(), "go on"), (records[0].Status, records[0].GetString("approver"), records[0].GetString("comment")));
        Assert.Equal((id, Words.LeadPrincipal.ToString(), "use-7"), (records[1].GetString("request"), records[1].GetString("approver"), records[1].GetString("tool_use")));
    }

    [Fact]
    public async Task While_nobody_has_decided_a_resumed_call_is_still_pending()
    {
        string id = await PendingAsync("notes.write");
        await using GovernedHost restarted = Host();

        ToolOutcome<string> outcome = await restarted.Pipeline.ResumeAsync(id, Words.Done);

        Assert.Equal((Effect.RequireApproval, id, false), (outcome.Decision.Effect, outcome.PendingApproval?.Id, outcome.Executed));
    }

    [Fact]
    public async Task A_rejected_call_never_reaches_the_tool_and_its_reason_is_told()
    {
        string id = await PendingAsync("notes.write");
        await using GovernedHost restarted = Host();
        await restarted.Pipeline.Approvals.DecideAsync(id, ApprovalResponse.Reject("wrong note", Words.Lead));

        ToolOutcome<string> outcome = await restarted.Pipeline.ResumeAsync(id, Words.Done);

        Assert.Equal((DecisionCodes.ApprovalRejected, false), (outcome.Decision.Code, outcome.Executed));
        Assert.Contains("wrong note", outcome.Decision.Reason.Text, StringComparison.Ordinal);
        Assert.Contains("wrong note", outcome.ToModelText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_repeated_in_its_session_meets_the_same_request()
    {
        int asked = 0;
        await using GovernedHost host = Host(o => o.Approver = new CallbackApprover((_, _) =>
        {
            asked++;
            return new(ApprovalResponse.Defer());
        }));
        AgentSession session = host.Session(id: "s-1");

        ToolOutcome<string>[] outcomes = [await Write(session), await Write(session), await Write(host.Session(id: "s-1"))];

        Assert.Single(outcomes.Select(static o => o.PendingApproval!.Id).Distinct());
        Assert.Equal(1, asked);
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Approval), static r => r.Status == "requested");
    }

    [Fact]
    public async Task The_same_call_in_another_session_is_another_request()
    {
        await using GovernedHost host = Host();

        Assert.NotEqual((await Write(host.Session(id: "s-1"))).PendingApproval!.Id, (await Write(host.Session(id: "s-2"))).PendingApproval!.Id);
    }

    [Fact]
    public async Task A_repeated_call_meets_the_approval_that_was_given_meanwhile_and_uses_it_up()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        string id = (await Write(session)).PendingApproval!.Id;
        await host.Pipeline.Approvals.DecideAsync(id, Lead.Says(await CaseAsync(host, id)));

        Assert.True((await Write(session)).HasValue);
        Assert.NotEqual(id, (await Write(session)).PendingApproval!.Id); // That one is used up.
    }

    [Fact]
    public async Task A_repeated_call_meets_the_rejection_for_as_long_again_as_the_request_could_wait()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        string id = (await Write(session)).PendingApproval!.Id;
        await host.Pipeline.Approvals.DecideAsync(id, ApprovalResponse.Reject("no"));

        host.Time.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        Assert.Equal(DecisionCodes.ApprovalRejected, (await Write(session)).Decision.Code);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(id, (await Write(session)).PendingApproval!.Id);
    }

    [Fact]
    public async Task A_request_that_nobody_decides_in_time_is_rejected_by_that()
    {
        await using GovernedHost host = Host();
        AgentSession session = host.Session(id: "s-1");
        string id = (await Write(session)).PendingApproval!.Id;
        host.Time.Advance(TimeSpan.FromHours(4));

        ApprovalResult? late = await host.Pipeline.Approvals.DecideAsync(id, Lead.Says(await CaseAsync(host, id)));

        Assert.Equal(DecisionCodes.ApprovalExpired, late!.Refusal!.Code);
        Assert.Equal(DecisionCodes.ApprovalExpired, (await host.Pipeline.ResumeAsync(id, Words.Done)).Decision.Code);
        Assert.Equal(DecisionCodes.ApprovalExpired, (await Write(session)).Decision.Code);
    }

    [Fact]
    public async Task An_approval_that_nobody_uses_in_time_lapses()
    {
        await using GovernedHost host = Host();
        string id = (await Write(host.Session(id: "s-1"))).PendingApproval!.Id;
        await host.Pipeline.Approvals.DecideAsync(id, Lead.Says(await CaseAsync(host, id)));
        host.Time.Advance(TimeSpan.FromHours(4));

        Assert.Equal((DecisionCodes.ApprovalExpired, false), ((await host.Pipeline.ResumeAsync(id, Words.Done)) is var o ? o.Decision.Code : "", o.Executed));
    }

    [Fact]
    public async Task A_decided_request_takes_no_further_answer_but_a_no_before_it_is_used()
    {
        await using GovernedHost host = Host();
        string id = (await Write(host.Session(id: "s-1"))).PendingApproval!.Id;
        ApprovalInbox inbox = host.Pipeline.Approvals;
        await inbox.DecideAsync(id, Lead.Says(await CaseAsync(host, id)));

        Assert.Equal(DecisionCodes.ApprovalClosed, (await inbox.DecideAsync(id, Lead.Says(await CaseAsync(host, id))))!.Refusal!.Code);
        Assert.True((await inbox.DecideAsync(id, ApprovalResponse.Reject("changed my mind", Words.Lead)))!.IsAccepted);
        Assert.Equal(DecisionCodes.ApprovalRejected, (await host.Pipeline.ResumeAsync(id, Words.Done)).Decision.Code);
        Assert.Equal(DecisionCodes.ApprovalClosed, (await inbox.DecideAsync(id, ApprovalResponse.Reject("again", Words.Lead)))!.Refusal!.Code);
    }

    [Fact]
    public async Task A_request_that_the_store_does_not_have_is_the_hosts_mistake()
    {
        await using GovernedHost host = Host();

        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(async () => await host.Pipeline.ResumeAsync("no-such-request", Words.Done));

        Assert.Contains("'no-such-request'", e.Message, StringComparison.Ordinal);
        Assert.Null(await host.Pipeline.Approvals.DecideAsync("no-such-request", ApprovalResponse.Reject()));
        Assert.Null(await host.Pipeline.Approvals.WaitAsync("no-such-request"));
    }

    [Fact]
    public async Task A_recorded_prompt_of_the_session_counts_for_the_resumed_call()
    {
        string policy = Words.ClerkWith("\"useCase\": \"keeps notes\"", "\"useCase\": \"keeps notes\", \"requirePrompt\": true");
        string id;
        await using (GovernedHost host = Host(policy: policy))
        {
            AgentSession session = host.Session(id: "s-1");
            await session.RecordPromptAsync("Write it down.");
            id = (await Write(session)).PendingApproval!.Id;
        }

        await using GovernedHost restarted = Host(policy: policy);
        await restarted.Pipeline.Approvals.DecideAsync(id, Lead.Says(await CaseAsync(restarted, id)));
        Assert.True((await restarted.Pipeline.ResumeAsync(id, Words.Done)).HasValue);
    }

    [Fact]
    public async Task What_was_decided_elsewhere_is_recorded_by_a_host_once()
    {
        string id = await PendingAsync("prod.write");
        var elsewhere = new ApprovalInbox(Stores.Approvals, Stores.Grants, new FakeTime());
        Assert.True((await elsewhere.DecideAsync(id, ApprovalResponse.Approve(Words.Lead, (await elsewhere.FindAsync(id))!.Request.ShortDigest)))!.IsAccepted);
        await using GovernedHost one = Host();
        await using GovernedHost other = Host();

        await one.Pipeline.LookAsync();
        await other.Pipeline.LookAsync();

        IReadOnlyList<AuditRecord> records = [.. await one.RecordsAsync(AuditRecordKind.Approval), .. await other.RecordsAsync(AuditRecordKind.Approval)];
        Assert.Equal(("approved", Words.LeadPrincipal.ToString()), (Assert.Single(records).Status, records[0].GetString("approver")));
    }

    [Fact]
    public async Task A_lapse_that_nobody_asked_about_is_recorded_too()
    {
        string id = await PendingAsync("notes.write");
        await using GovernedHost host = Host();
        await host.Pipeline.LookAsync();
        host.Time.Advance(TimeSpan.FromHours(4));
        await host.Pipeline.LookAsync();

        Assert.Equal(ApprovalStatus.Expired, (await CaseAsync(host, id)).Status);
        Assert.Equal("expired", Assert.Single(await host.RecordsAsync(AuditRecordKind.Approval)).Status);
    }

    private static ValueTask<ToolOutcome<string>> Write(AgentSession session) => session.InvokeAsync("notes.write", Words.NewNote, Words.Done);

    private static async Task<ApprovalCase> CaseAsync(GovernedHost host, string id) => (await host.Pipeline.Approvals.FindAsync(id))!;

    // A call that nobody could answer while its host ran.
    private async Task<string> PendingAsync(string tool, string? toolUseId = null)
    {
        await using GovernedHost host = Host();
        ToolOutcome<string> outcome = await host.Session(id: "s-1").InvokeAsync(tool, Words.For(tool), Words.Done, new ToolCallOptions<string> { ToolUseId = toolUseId });
        Assert.Equal((Effect.RequireApproval, false), (outcome.Decision.Effect, outcome.Executed));
        return outcome.PendingApproval!.Id;
    }

    private GovernedHost Host(Action<GuardrailOptions>? configure = null, string? policy = null) => Stores.Host(policy ?? Words.Clerk, configure);
}

public sealed class PendingAndResumeTests_in_memory() : PendingAndResumeTests(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class PendingAndResumeTests_on_sqlite() : PendingAndResumeTests(StoreKind.Sqlite);
