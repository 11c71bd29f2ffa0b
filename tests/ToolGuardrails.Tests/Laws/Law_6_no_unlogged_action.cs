namespace ToolGuardrails.Tests.Laws;

public sealed class Law_6_no_unlogged_action
{
    [Theory]
    [InlineData("clerk", "notes.read", "allow", DecisionCodes.Allowed, 1)]
    [InlineData("clerk", "notes.write", "allow", DecisionCodes.Allowed, 1)]
    [InlineData("clerk", "notes.remove", "allow", DecisionCodes.Allowed, 1)]
    [InlineData("clerk", "prod.write", "allow", DecisionCodes.Allowed, 1)]
    [InlineData("clerk", "other.read", "deny", DecisionCodes.ScopeNoGrant, 0)]
    [InlineData("clerk", "unknown", "deny", DecisionCodes.ScopeUnknownTool, 0)]
    [InlineData("nobody", "notes.read", "deny", DecisionCodes.ScopeUnknownAgent, 0)]
    public async Task Every_call_has_one_decision_record_and_one_outcome_record_if_it_ran(string agent, string tool, string effect, string code, int outcomes)
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Approver = Words.Approves());

        ToolOutcome<string> outcome = await host.Session(agent, "s-1").InvokeAsync(tool, Words.For(tool), Words.Done);

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        AuditRecord decision = Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision);
        Assert.Equal((effect, code, "s-1", outcome.Decision.CallId, tool, agent), (decision.Effect, decision.Code, decision.SessionId, decision.CallId, decision.Tool, decision.Agent));
        AuditRecord[] ran = [.. records.Where(static r => r.Kind == AuditRecordKind.Outcome)];
        Assert.Equal(outcomes, ran.Length);
        Assert.All(ran, r => Assert.Equal(("s-1", decision.CallId, "succeeded"), (r.SessionId, r.CallId, r.Status)));
        Assert.All(ran, r => Assert.True(records.ToList().IndexOf(decision) < records.ToList().IndexOf(r)));
    }

    [Fact]
    public async Task A_call_that_waits_for_a_person_has_its_decision_record_too()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done);

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        AuditRecord decision = Assert.Single(records, static r => r.Kind == AuditRecordKind.Decision);
        Assert.Equal(("require_approval", DecisionCodes.ApprovalRequired), (decision.Effect, decision.Code));
        Assert.Equal(outcome.PendingApproval!.Id, decision.GetString("request"));
        AuditRecord request = Assert.Single(records, static r => r.Kind == AuditRecordKind.Approval);
        Assert.Equal(("requested", decision.CallId), (request.Status, request.CallId));
        Assert.DoesNotContain(records, static r => r.Kind == AuditRecordKind.Outcome);
    }

    [Theory]
    [InlineData("prod.write")]
    [InlineData("notes.remove")]
    public async Task At_High_and_for_anything_irreversible_the_decision_is_kept_before_the_tool_starts(string tool)
    {
        var sink = new BlockingSink();
        bool keptBefore = false;
        int started = 0;
        await using GovernedHost host = GovernedHost.Start(
            Words.Clerk,
            o =>
            {
                o.Sinks.Add(new(sink));
                o.Approver = Words.Approves();
            },
            ownSinkOnly: false);

        Task<ToolOutcome<string>> call = host.Session().InvokeAsync(tool, Words.For(tool), (_, _) =>
        {
            started++;
            keptBefore = sink.Lines.Any(static l => l.Contains("\"ev\":\"decision\"", StringComparison.Ordinal));
            return new ValueTask<string>("done");
        }).AsTask();
        await sink.Reached;
        Assert.Equal((0, false), (started, call.IsCompleted));
        sink.Release();

        Assert.True((await call).HasValue);
        Assert.Equal((1, true), (started, keptBefore));
    }

    [Theory]
    [InlineData("notes.write", AuditAcknowledgement.Written)]
    [InlineData("notes.remove", AuditAcknowledgement.Durable)]
    [InlineData("prod.write", AuditAcknowledgement.Durable)]
    public async Task The_tier_and_what_cannot_be_undone_say_how_safely_a_decision_is_kept(string tool, AuditAcknowledgement level)
    {
        AuditAcknowledgement asked = default;
        var sink = new ScriptedSink(batch =>
        {
            asked = batch.Any(static r => r.Kind == AuditRecordKind.Decision) ? batch.Acknowledgement : asked;
            return default;
        });
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o =>
        {
            o.Sinks.Add(new(sink));
            o.Approver = Words.Approves();
        });

        await host.Session().InvokeAsync(tool, Words.For(tool), Words.Done);

        Assert.Equal(level, asked);
    }

    [Fact]
    public async Task At_High_the_result_is_withheld_until_its_outcome_is_accepted()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        await using GovernedHost host = High(new ScriptedSink(batch =>
        {
            if (batch.All(static r => r.Kind != AuditRecordKind.Outcome))
            {
                return default;
            }

            reached.TrySetResult();
            return new(release.Task);
        }));

        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("prod.write", Words.Rows, Words.Done).AsTask();
        await reached.Task;
        Assert.False(call.IsCompleted);
        release.SetResult();

        Assert.Equal("done", (await call).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task At_High_a_result_whose_outcome_is_lost_stays_withheld(bool throws)
    {
        var reached = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using GovernedHost host = High(new ScriptedSink(batch =>
        {
            if (batch.All(static r => r.Kind != AuditRecordKind.Outcome))
            {
                return default;
            }

            return !reached.TrySetResult() ? default : throws ? throw new IOException("The disk is full.") : new(release.Task);
        }));

        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("prod.write", Words.Rows, Words.Done).AsTask();
        await reached.Task;
        while (!throws && !call.IsCompleted)
        {
            // The writer's thread hangs, and the call waits for it: whenever it sets its timer, time goes on.
            host.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        ToolOutcome<string> outcome = await call;
        release.SetResult();
        Assert.Equal((true, false, null), (outcome.Executed, outcome.HasValue, outcome.Value));
        Assert.Equal(DecisionCodes.AuditOutcomeLost, outcome.Withheld!.Code);
        Assert.DoesNotContain("done", outcome.ToModelText(), StringComparison.Ordinal);
        Assert.Contains("Don't repeat it", outcome.ToModelText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.write")]
    [InlineData("notes.remove")]
    [InlineData("prod.write")]
    public async Task A_required_sink_that_fails_denies_the_call(string tool)
    {
        bool ran = false;
        await using GovernedHost host = High(new ScriptedSink(static batch =>
            batch.Any(static r => r.Kind == AuditRecordKind.Decision) ? throw new IOException("The disk is full.") : default));

        ToolOutcome<bool> outcome = await host.Session().InvokeAsync(tool, Words.For(tool), (_, _) => new ValueTask<bool>(ran = true));

        Assert.Equal((Effect.Deny, DecisionCodes.AuditUnavailable), (outcome.Decision.Effect, outcome.Decision.Code));
        Assert.False(ran || outcome.Executed);
    }

    [Fact]
    public async Task A_best_effort_sink_that_fails_denies_nothing()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o =>
        {
            o.Sinks.Add(new(new ThrowingSink(), AuditRequirement.BestEffort));
            o.Approver = Words.Approves();
        });

        Assert.True((await host.Session().InvokeAsync("prod.write", Words.Rows, Words.Done)).HasValue);
    }

    [Fact]
    public async Task Decisions_that_could_not_be_written_are_counted_when_writing_works_again()
    {
        bool broken = true;
        var sink = new ScriptedSink(batch => Volatile.Read(ref broken) && batch.Any(static r => r.Kind == AuditRecordKind.Decision) ? throw new IOException("The disk is full.") : default);
        await using GovernedHost host = GovernedHost.Start(
            Words.Clerk,
            o =>
            {
                o.Sinks.Add(new(sink));
                o.Approver = Words.Approves();
            },
            ownSinkOnly: false);
        AgentSession session = host.Session();

        Assert.Equal(DecisionCodes.AuditUnavailable, (await session.InvokeAsync("notes.write", Words.NewNote, Words.Done)).Decision.Code);
        Assert.Equal(DecisionCodes.AuditUnavailable, (await session.InvokeAsync("notes.remove", Words.Note, Words.Done)).Decision.Code);
        Volatile.Write(ref broken, false);
        Assert.True((await session.InvokeAsync("notes.write", Words.NewNote, Words.Done)).HasValue);
        await host.DisposeAsync();

        Assert.Equal(2, sink.Of(AuditRecordKind.Dropped).Sum(static r => r.ToJson().GetProperty("decisions").GetInt32()));
        Assert.Single(sink.Of(AuditRecordKind.Decision));
    }

    private static GovernedHost High(ScriptedSink sink) => GovernedHost.Start(
        Words.Clerk,
        o =>
        {
            o.Sinks.Add(new(sink));
            o.Approver = Words.Approves();
        },
        ownSinkOnly: false);
}
