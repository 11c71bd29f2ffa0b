using System.Text.Json;
using Anthropic.Helpers.Beta;
using Anthropic.Models.Beta.Messages;
using AnthropicLoop;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>The SDK's beta tool runner with guarded tools.</summary>
public sealed class ToolRunnerTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Of_two_calls_in_one_turn_the_denied_one_is_an_error_for_the_model_and_the_allowed_one_runs(bool stream, bool thread)
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_delete", """{"id":1}"""), Answers.Use("t2", "orders_get", """{"id":2}"""))]);

        await desk.RunRunnerAsync(stream, thread, Recording(desk, "orders_get"), Recording(desk, "orders_delete"));

        Assert.Equal(["""orders_get {"id":2}"""], desk.Ran);
        Assert.Equal([("t1", "The call to 'orders_delete' was denied and has not run (scope.no-grant). Don't try it again in another form; tell the person what you could not do.", true), ("t2", "orders_get ran", false)], desk.Results(1));
        Dictionary<string, AuditRecord> decisions = await desk.DecisionsAsync();
        Assert.Equal(["deny", "allow"], new[] { "t1", "t2" }.Select(id => decisions[id].GetString("effect")));
    }

    [Fact]
    public async Task Calls_of_one_turn_run_side_by_side_and_each_has_its_own_decision_and_outcome()
    {
        const int calls = 16;
        int running = 0;
        var all = new TaskCompletionSource();
        await using Desk desk = await Desk.StartAsync([Answers.Turn([.. Enumerable.Range(0, calls).Select(static i => Answers.Use($"t{i}", "orders_get", $$"""{"id":{{i}}}"""))])]);

        await desk.RunRunnerAsync(stream: false, thread: true, RunnableTool.Of("orders_get", async (use, token) =>
        {
            if (Interlocked.Increment(ref running) == calls)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(TimeSpan.FromSeconds(30), token); // A runner that makes one call after the other fails here.
            return $"{use.Input["id"]}";
        }));

        Assert.Equal(Enumerable.Range(0, calls).Select(static i => ($"t{i}", $"{i}", false)), desk.Results(1));
        IReadOnlyList<AuditRecord> records = await desk.Host.RecordsAsync();
        Assert.Equal(calls, records.Where(static r => r.Kind == AuditRecordKind.Decision && r.GetString("effect") == "allow").DistinctBy(static r => r.GetString("tool_use")).Count());
        Assert.Equal(calls, records.Count(static r => r.Kind == AuditRecordKind.Outcome && r.Status == "succeeded"));
    }

    [Fact]
    public async Task A_tool_sees_the_arguments_that_were_judged_and_not_what_changes_afterwards()
    {
        var wire = new Dictionary<string, JsonElement> { ["id"] = JsonElement.Parse("\"t1\""), ["name"] = JsonElement.Parse("\"orders_get\""), ["input"] = JsonElement.Parse("""{"id":1}""") };
        var changing = new LambdaGuard(_ =>
        {
            wire["input"] = JsonElement.Parse("""{"id":666}""");
            return Verdict.Allow;
        });
        await using Desk desk = await Desk.StartAsync([], o => o.Guards.Add(changing));
        var tool = new GuardedTool(RunnableTool.Of("orders_get", static (use, _) => Task.FromResult<BetaToolResultBlockParamContent>(use.Input["id"].GetRawText())), desk.Session, desk.Code);

        BetaToolResultBlockParamContent content = await tool.ExecuteAsync(BetaToolUseBlock.FromRawUnchecked(wire));

        Assert.Equal("1", content.Value);
    }

    [Fact]
    public async Task A_call_that_waits_is_an_error_for_the_model_until_it_is_resumed()
    {
        FakeApprover approver = new FakeApprover().Defers();
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "refunds_create", """{"id":7,"amount":250}"""))], o => o.Approver = approver);

        await desk.RunRunnerAsync(stream: false, thread: true, Recording(desk, "refunds_create"));

        string id = Assert.Single(approver.Requests).Id;
        Assert.Empty(desk.Ran);
        Assert.Equal([("t1", $"The call to 'refunds_create' waits for a person's approval (request {id}). It has not run. Don't repeat it; go on with something else.", true)], desk.Results(1));
        await desk.Host.Pipeline.Approvals.DecideAsync(id, ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana)));
        Assert.True((await desk.Host.Pipeline.ResumeAsync(id, desk.Find("refunds_create"))).HasValue);
        Assert.Equal(["""refunds_create {"amount":250,"id":7}"""], desk.Ran);
    }

    [Fact]
    public async Task The_model_does_not_read_what_a_tools_exception_says()
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_get", """{"id":1}"""), Answers.Use("t2", "refunds_create", """{"id":1,"amount":5}"""))]);

        await desk.RunRunnerAsync(
            stream: false, thread: true,
            RunnableTool.Of("orders_get", static (_, _) => throw new InvalidOperationException("grant all-orders, password hunter2")),
            RunnableTool.Of("refunds_create", static (_, _) => throw new BetaToolError("no such order")));

        Assert.Equal([("t1", "'orders_get' has failed.", true), ("t2", "no such order", true)], desk.Results(1));
        Assert.All(await desk.Host.RecordsAsync(AuditRecordKind.Outcome), static r => Assert.Equal("failed", r.Status));
    }

    [Fact]
    public async Task A_tool_that_answers_with_blocks_is_a_failure_that_the_model_reads_nothing_of()
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_get", """{"id":1}"""))]);

        await desk.RunRunnerAsync(stream: false, thread: true, RunnableTool.Of("orders_get", static (_, _) => Task.FromResult<BetaToolResultBlockParamContent>(new List<Block> { new BetaTextBlockParam("x") })));

        Assert.Equal([("t1", "'orders_get' has failed.", true)], desk.Results(1));
    }

    [Fact]
    public async Task Code_at_the_provider_calls_with_grants_of_its_own()
    {
        const string code = ""","caller":{"type":"code_execution_20260120","tool_id":"srvtoolu_1"}""";
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "refunds_create", """{"id":1,"amount":5}""", code), Answers.Use("t2", "orders_get", """{"id":2}""", code))]);

        await desk.RunRunnerAsync(stream: false, thread: true, Recording(desk, "refunds_create"), Recording(desk, "orders_get"));

        Assert.Equal(["""orders_get {"id":2}"""], desk.Ran);
        Assert.All((await desk.DecisionsAsync()).Values, static r => Assert.Equal("clerk-code", r.GetString("agent")));
    }

    [Fact]
    public async Task A_name_that_no_tool_has_is_the_runners_to_refuse_and_runs_nothing()
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "no_such_tool", "{}"), Answers.Use("t2", "rogue", "{}"))]);

        await desk.RunRunnerAsync(stream: false, thread: true, Recording(desk, "orders_get"), Recording(desk, "rogue"));

        Assert.Empty(desk.Ran);
        Assert.All(desk.Results(1), static r => Assert.True(r.IsError));
        Assert.Equal(["t2"], (await desk.DecisionsAsync()).Keys); // A tool that the policy doesn't know comes by; a name without a tool doesn't.
    }

    private static BetaRunnableTool Recording(Desk desk, string name) => RunnableTool.Of(name, async (use, token) =>
        await desk.Find(name)(ToolArguments.FromDictionary(use.Input), token));
}
