using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>Not this call, but one with other arguments: a new call, with the one who changed it beside it.</summary>
public abstract class EditTests : EachStore
{
    private readonly Payments _payments;

    private protected EditTests(StoreKind kind)
        : base(kind) => _payments = new Payments(Stores);

    [Fact]
    public async Task In_a_review_the_changed_call_runs_with_the_editors_yes()
    {
        string id = await _payments.PendingAsync(Payments.Out);
        await using GovernedHost host = _payments.Host();

        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9))));
        ToolOutcome<string> outcome = await Payments.ResumeAsync(host, id);

        Assert.Equal((true, Payments.Text(9)), (outcome.HasValue, outcome.Value));
        Assert.Equal((DecisionCodes.ApprovalUsed, false), ((await Payments.ResumeAsync(host, id)) is var again ? again.Decision.Code : "", again.Executed));
    }

    [Fact]
    public async Task At_a_per_call_gate_it_waits_for_somebody_else()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await using GovernedHost host = _payments.Host();
        Assert.Null(await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Ada, Payments.Pay(9))));

        ApprovalRequest changed = (await Payments.ResumeAsync(host, id)).PendingApproval!;

        Assert.NotEqual(id, changed.Id);
        Assert.Equal(Payments.Ada.Principal, changed.EditedBy);
        Assert.Contains(Payments.Ada.Principal.ToString(), changed.ToText(), StringComparison.Ordinal);
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, changed.Id, Payments.Ada));
        Assert.Equal(DecisionCodes.ApprovalNotAllowed, await Payments.ApproveAsync(host, changed.Id, new ApproverIdentity(new Principal("https://id.example", "ADA"), ["sre"])));
        Assert.Null(await Payments.ApproveAsync(host, changed.Id, Payments.Ben));
        Assert.Equal(Payments.Text(9), (await Payments.ResumeAsync(host, changed.Id)).Value);
    }

    [Fact]
    public async Task The_proposed_call_takes_no_answer_any_more_and_never_runs()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await using GovernedHost host = _payments.Host();
        await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Ada, Payments.Pay(9)));

        Assert.Equal(DecisionCodes.ApprovalClosed, await Payments.ApproveAsync(host, id, Payments.Ben));
        Assert.Equal(DecisionCodes.ApprovalClosed, await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Ben, Payments.Pay(8))));
        ToolAuthorization repeated = await host.Session(id: "s-1").AuthorizeAsync(Payments.Wire, Payments.Pay(10));
        Assert.Equal((DecisionCodes.ApprovalEdited, null), (repeated.Decision.Code, repeated.Token));
    }

    [Fact]
    public async Task A_model_that_repeats_its_call_gets_the_changed_one_once()
    {
        await using GovernedHost host = _payments.Host();
        AgentSession session = host.Session(id: "s-1");
        string id = (await PayAsync(session)).PendingApproval!.Id;
        await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9)));

        ToolOutcome<string> repeated = await PayAsync(session);
        ToolOutcome<string> again = await PayAsync(session);

        Assert.Equal(Payments.Text(9), repeated.Value);
        Assert.Equal((Effect.RequireApproval, false), (again.Decision.Effect, again.Executed));
        Assert.NotEqual(id, again.PendingApproval!.Id);
    }

    [Fact]
    public async Task An_approver_in_the_process_that_changes_the_call_has_it_run_at_once()
    {
        int asked = 0;
        await using GovernedHost host = _payments.Host(o => o.Approver = new CallbackApprover((_, _) =>
        {
            asked++;
            return new(ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9)));
        }));

        Assert.Equal((Payments.Text(9), 1), ((await PayAsync(host.Session())).Value, asked));
    }

    [Fact]
    public async Task An_approver_in_the_process_that_changes_every_call_ends_at_its_own_change()
    {
        int asked = 0;
        await using GovernedHost host = _payments.Host(o => o.Approver = new CallbackApprover((request, _) =>
        {
            asked++;
            return new(ApprovalResponse.Edit(Payments.Ada, Payments.Pay(10 - asked)));
        }));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done);

        Assert.Equal((DecisionCodes.ApprovalNotAllowed, false, 2), (outcome.Decision.Code, outcome.Executed, asked));
    }

    [Fact]
    public async Task The_records_say_who_changed_what_and_who_said_yes()
    {
        string id = await _payments.PendingAsync(Payments.Out);
        await using GovernedHost host = _payments.Host();
        await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9), "too much"));
        await Payments.ResumeAsync(host, id);

        AuditRecord[] records = [.. (await host.RecordsAsync()).Where(static r => r.Kind != AuditRecordKind.Policy)];
        Assert.Equal(["edited", "requested", "approved"], records.Where(static r => r.Kind == AuditRecordKind.Approval).Select(static r => r.Status));
        Assert.Equal((id, GovernedHost.Dana.ToString(), "too much"), (records[0].GetString("request"), records[0].GetString("approver"), records[0].GetString("comment")));
        Assert.All(records[1..3], r => Assert.Equal((id, GovernedHost.Dana.ToString()), (r.GetString("edited_from"), r.GetString("edited_by"))));
        Assert.Equal(GovernedHost.Dana.ToString(), records[2].GetString("approver"));
        AuditRecord decision = Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision);
        Assert.Equal((records[1].GetString("request"), Payments.Text(9)), (decision.GetString("request"), decision.ToJson().GetProperty("args").GetRawText()));
    }

    [Fact]
    public async Task A_changed_call_that_nobody_makes_lapses_with_its_request()
    {
        string id = await _payments.PendingAsync(Payments.Out);
        await using GovernedHost host = _payments.Host();
        await Payments.AnswerAsync(host, id, ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9)));
        host.Time.Advance(TimeSpan.FromHours(4));

        ToolOutcome<string> late = await Payments.ResumeAsync(host, id);

        Assert.Equal((DecisionCodes.ApprovalExpired, false), (late.Decision.Code, late.Executed));
        Assert.Equal(ApprovalStatus.Expired, (await host.Pipeline.Approvals.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task One_made_where_no_log_is_runs_and_is_recorded_by_the_host()
    {
        string id = await _payments.PendingAsync(Payments.Out);
        var elsewhere = new ApprovalInbox(_payments.Approvals, _payments.Grants, new FakeTime());
        Assert.True((await elsewhere.DecideAsync(id, ApprovalResponse.Edit(Payments.Dana, Payments.Pay(9))))!.IsAccepted);
        await using GovernedHost host = _payments.Host();

        Assert.Equal(Payments.Text(9), (await Payments.ResumeAsync(host, id)).Value);
        await host.Pipeline.LookAsync();
        Assert.Equal(1, (await host.RecordsAsync(AuditRecordKind.Approval)).Count(r => r.Status == "edited" && r.GetString("request") == id));
    }

    [Fact]
    public void Arguments_that_could_not_be_proposed_cannot_be_put_in_their_place()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(static () => ApprovalResponse.Edit(Payments.Dana, ToolArguments.FromJson("""{"to":"a","to":"b"}""")));

        Assert.Contains("Correct them.", e.Message, StringComparison.Ordinal);
    }

    private static ValueTask<ToolOutcome<string>> PayAsync(AgentSession session) =>
        session.InvokeAsync(Payments.Out, Payments.Pay(10), static (arguments, _) => new ValueTask<string>(arguments.ToCanonicalJson()));
}

public sealed class EditTests_in_memory() : EditTests(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class EditTests_on_sqlite() : EditTests(StoreKind.Sqlite);
