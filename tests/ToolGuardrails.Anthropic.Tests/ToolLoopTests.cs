using System.Text.Json;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>The manual loop of docs/anthropic.md, with whole answers and with streamed ones.</summary>
public sealed class ToolLoopTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_calls_in_one_turn_the_denied_one_is_an_error_for_the_model_and_the_allowed_one_runs(bool stream)
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_delete", """{"id":1}"""), Answers.Use("t2", "orders_get", """{"id":2}"""))]);

        await desk.RunLoopAsync(stream);

        Assert.Equal(["""orders_get {"id":2}"""], desk.Ran);
        Assert.Equal(["t1", "t2"], desk.Results(1).Select(static r => r.Id));
        Assert.Equal([true, false], desk.Results(1).Select(static r => r.IsError));
        Assert.Equal("orders_get ran", desk.Results(1)[1].Text);
        Assert.StartsWith("The call to 'orders_delete' was denied and has not run (scope.no-grant).", desk.Results(1)[0].Text, StringComparison.Ordinal);
        Dictionary<string, AuditRecord> decisions = await desk.DecisionsAsync();
        Assert.Equal(["deny", "allow"], new[] { "t1", "t2" }.Select(id => decisions[id].GetString("effect")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_waits_is_told_as_waiting_and_is_made_once_a_person_has_said_yes(bool stream)
    {
        FakeApprover approver = new FakeApprover().Defers();
        await using Desk desk = await Desk.StartAsync(
            [Answers.Turn(Answers.Use("t1", "refunds_create", """{"id":7,"amount":250.00}"""), Answers.Use("t2", "orders_get", """{"id":2}"""))], o => o.Approver = approver);
        await desk.RunLoopAsync(stream);
        Assert.Equal(["""orders_get {"id":2}"""], desk.Ran);
        string id = Assert.Single(approver.Requests).Id;
        Assert.Equal(("t1", $"The call to 'refunds_create' waits for a person's approval (request {id}). It has not run. Don't repeat it; go on with something else.", true), desk.Results(1)[0]);

        await desk.Host.Pipeline.Approvals.DecideAsync(id, ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana)));
        ToolOutcome<string> outcome = await desk.Host.Pipeline.ResumeAsync(id, desk.Find("refunds_create"));

        Assert.Equal((true, "refunds_create ran"), (outcome.HasValue, outcome.Value));
        Assert.Equal(["""orders_get {"id":2}""", """refunds_create {"amount":250.00,"id":7}"""], desk.Ran);
        IReadOnlyList<AuditRecord> decisions = await desk.Host.RecordsAsync(AuditRecordKind.Decision);
        Assert.Equal(["require_approval", "allow"], decisions.Where(static r => r.GetString("tool_use") == "t1").Select(static r => r.GetString("effect")));
    }

    [Fact]
    public async Task A_name_that_the_policy_does_not_know_is_denied_and_recorded_as_it_stood_on_the_wire()
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "no_such_tool", "{}"), Answers.Use("t2", "Orders_get", """{"id":2}"""))]);

        await desk.RunLoopAsync(stream: false);

        Assert.Empty(desk.Ran);
        Assert.Equal("The call to 'no_such_tool' was denied and has not run (scope.unknown-tool). There is no such tool.", desk.Results(1)[0].Text);
        Dictionary<string, AuditRecord> decisions = await desk.DecisionsAsync();
        Assert.Equal(["no_such_tool", "Orders_get"], new[] { "t1", "t2" }.Select(id => decisions[id].GetString("tool")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_input_that_two_readers_would_read_differently_reaches_the_pipeline_as_it_is_and_is_refused(bool stream)
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_get", """{"id":1,"id":2}"""), Answers.Use("t2", "orders_get", """{"id":1,"\u0069d":2}"""))]);

        await desk.RunLoopAsync(stream);

        Assert.Empty(desk.Ran);
        Dictionary<string, AuditRecord> decisions = await desk.DecisionsAsync();
        Assert.All(decisions.Values, static r => Assert.Equal(DecisionCodes.ArgumentsDuplicateName, r.Code));
        Assert.Equal(2, decisions.Count);
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("refusal")]
    [InlineData("pause_turn")]
    [InlineData("end_turn")]
    [InlineData("something_new")]
    public async Task Tool_uses_of_an_answer_that_does_not_ask_for_their_results_do_not_run(string stopReason)
    {
        await using Desk desk = await Desk.StartAsync([Answers.Of(stopReason, Answers.Use("t1", "orders_get", """{"id":1}"""))]);

        await desk.RunLoopAsync(stream: false);

        Assert.Empty(desk.Ran);
        Assert.Single(desk.Requests);
        Assert.Empty(await desk.DecisionsAsync());
    }

    [Theory]
    [InlineData("minimum-refund")]
    [InlineData("negative refund")]
    [InlineData("all-refunds")]
    [InlineData("0.01")]
    public async Task What_the_model_reads_of_a_denial_names_no_rule(string secret)
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "refunds_create", """{"id":1,"amount":-5}"""))]);

        await desk.RunLoopAsync(stream: false);

        Assert.DoesNotContain(secret, desk.Requests[1].GetRawText(), StringComparison.Ordinal);
        Assert.Contains("(scope.denied)", desk.Results(1)[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_conversation_that_goes_back_holds_what_the_model_said_unchanged()
    {
        const string thinking = """{"type":"thinking","thinking":"hm","signature":"c2ln"}""";
        string use = Answers.Use("t1", "orders_get", """{"id":2.0e0}""");
        await using Desk desk = await Desk.StartAsync([Answers.Turn(thinking, use)]);

        await desk.RunLoopAsync(stream: false);

        JsonElement said = desk.Requests[1].GetProperty("messages")[1];
        Assert.Equal(("assistant", $"[{thinking},{use}]"), (said.GetProperty("role").GetString(), said.GetProperty("content").GetRawText()));
    }

    [Fact]
    public async Task A_tool_that_throws_is_recorded_as_failed_and_its_exception_is_the_hosts()
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_get", """{"id":2}"""))]);

        await Assert.ThrowsAsync<TimeoutException>(() => desk.RunLoopAsync(stream: false, static _ => static (_, _) => throw new TimeoutException("db-7")));

        Assert.Equal("failed", Assert.Single(await desk.Host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }
}
