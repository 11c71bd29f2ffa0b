using System.Text.Json;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

// docs/semantics.md: what a tool does, what the caller does, and what is recorded of it.
public sealed class Running_and_recording
{
    public static TheoryData<string, bool> Throws()
    {
        var data = new TheoryData<string, bool>();
        foreach (string tool in new[] { "notes.any", "notes.write", "notes.remove", "prod.write" })
        {
            data.Add(tool, false);
            data.Add(tool, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Throws))]
    public async Task A_tool_that_throws_is_recorded_as_failed_and_its_own_exception_reaches_the_host(string tool, bool later)
    {
        var thrown = new InvalidDataException("a secret of the tool's");
        await using GovernedHost host = Start();

        Task call = host.Session().InvokeAsync(tool, Words.For(tool), (_, _) => later ? ValueTask.FromException<string>(thrown) : throw thrown).AsTask();

        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => call));
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        AuditRecord outcome = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal(("failed", nameof(InvalidDataException)), (outcome.Status, outcome.GetString("error")));
        Assert.DoesNotContain("secret", outcome.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_cancels_itself_has_failed()
    {
        await using GovernedHost host = Start();

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, static ValueTask<string> (_, _) => throw new OperationCanceledException()));

        Assert.Equal("failed", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Theory]
    [InlineData("notes.any")]
    [InlineData("notes.write")]
    [InlineData("prod.write")]
    public async Task A_caller_who_cancels_while_the_tool_runs_gets_a_cancellation_and_an_unknown_outcome(string tool)
    {
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        await using GovernedHost host = Start();

        Task call = host.Session().InvokeAsync(tool, Words.For(tool), async ValueTask<string> (_, token) =>
        {
            started.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(token);
            return "done";
        }, cancel.Token).AsTask();
        await started.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("allow", Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Effect);
        Assert.Equal("unknown", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task A_tool_that_finished_although_the_caller_cancelled_has_succeeded()
    {
        using var cancel = new CancellationTokenSource();
        await using GovernedHost host = Start();

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, (_, _) =>
        {
            cancel.Cancel();
            return new ValueTask<string>("done");
        }, cancel.Token);

        Assert.Equal("done", outcome.Value);
        Assert.Equal("succeeded", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task A_caller_who_cancels_while_a_person_is_asked_is_recorded_and_the_question_withdrawn()
    {
        using var cancel = new CancellationTokenSource();
        CancellationToken told = default;
        bool ran = false;
        await using GovernedHost host = Start(o => o.Approver = new CallbackApprover((_, token) =>
        {
            told = token;
            return new(new TaskCompletionSource<ApprovalResponse>().Task);
        }));

        Task call = host.Session().InvokeAsync("notes.write", Words.NewNote, (_, _) => new ValueTask<bool>(ran = true), cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.True(told.IsCancellationRequested);
        Assert.False(ran);
        AuditRecord decision = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(("deny", DecisionCodes.CallCancelled), (decision.Effect, decision.Code));
        Assert.NotNull(decision.GetString("request"));
    }

    // Between the decision and the tool: the record says 'allow', and nothing has started yet.
    [Theory]
    [InlineData("notes.remove")]
    [InlineData("prod.write")]
    public async Task A_caller_who_cancels_while_the_decision_is_being_written_starts_no_tool(string tool)
    {
        using var cancel = new CancellationTokenSource();
        var sink = new BlockingSink();
        bool ran = false;
        await using GovernedHost host = GovernedHost.Start(
            Words.Clerk,
            o =>
            {
                o.Sinks.Add(new(sink));
                o.Approver = Words.Approves();
            },
            ownSinkOnly: false);

        Task call = host.Session().InvokeSynchronousAsync(tool, Words.For(tool), _ => ran = true, cancel.Token).AsTask();
        await sink.Reached;
        await cancel.CancelAsync();
        sink.Release();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.False(ran);
        await host.DisposeAsync();
        Assert.Single(sink.Lines, static l => l.Contains("\"ev\":\"decision\"", StringComparison.Ordinal));
        Assert.Contains("\"status\":\"not_run\"", Assert.Single(sink.Lines, static l => l.Contains("\"ev\":\"outcome\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_that_was_not_kept_in_time_denies_and_says_that_nothing_ran()
    {
        var sink = new BlockingSink();
        bool ran = false;
        await using GovernedHost host = GovernedHost.Start(
            Words.Clerk,
            o =>
            {
                o.Sinks.Add(new(sink));
                o.Approver = Words.Approves();
            },
            ownSinkOnly: false);

        Task<ToolOutcome<bool>> call = host.Session().InvokeAsync("prod.write", Words.Rows, (_, _) => new ValueTask<bool>(ran = true)).AsTask();
        await sink.Reached;
        host.Time.Advance(TimeSpan.FromSeconds(10));
        ToolOutcome<bool> outcome = await call;
        sink.Release();
        await host.DisposeAsync();

        Assert.Equal((DecisionCodes.AuditUnavailable, false, false), (outcome.Decision.Code, outcome.Executed, ran));
        Assert.Contains("\"status\":\"not_run\"", Assert.Single(sink.Lines, static l => l.Contains("\"ev\":\"outcome\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    // A result that can't be written to the log must not take the record of the tool's run with it (law 6).
    public static TheoryData<string> Unwritable() => ["disposed document", "lone surrogate", "undefined"];

    [Theory]
    [MemberData(nameof(Unwritable))]
    public async Task A_result_that_cannot_be_written_still_has_its_outcome_record(string what)
    {
        JsonElement result = default;
        if (what != "undefined")
        {
            using var document = JsonDocument.Parse(what == "lone surrogate" ? "\"\\ud800\"" : "{}");
            result = what == "lone surrogate" ? document.RootElement.Clone() : document.RootElement;
        }

        await using GovernedHost host = Start();
        ToolOutcome<JsonElement> outcome = default;
        Exception? thrown = await Record.ExceptionAsync(async () => outcome = await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, (_, _) => new ValueTask<JsonElement>(result)));

        Assert.Null(thrown);
        Assert.True(outcome.Executed);
        Assert.Equal("succeeded", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task Prompts_and_outputs_are_linked_to_the_session()
    {
        await using GovernedHost host = Start();
        AgentSession session = host.Session(id: "s-9");

        await session.RecordPromptAsync("find the note");
        await session.InvokeAsync("notes.any", ToolArguments.Empty, Words.Done);
        await session.RecordOutputAsync("here it is");

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal(
            [AuditRecordKind.Policy, AuditRecordKind.Prompt, AuditRecordKind.Decision, AuditRecordKind.Outcome, AuditRecordKind.Output],
            records.Select(static r => r.Kind));
        Assert.All(records.Skip(1), static r => Assert.Equal("s-9", r.SessionId));
        Assert.Equal(("find the note", "here it is"), (records[1].GetString("text"), records[^1].GetString("text")));
    }

    [Fact]
    public async Task Starting_a_session_for_an_unknown_agent_succeeds_and_every_call_in_it_is_denied()
    {
        await using GovernedHost host = Start();
        AgentSession session = host.Session("nobody");

        foreach (string tool in new[] { "notes.read", "notes.any", "prod.write", "unknown" })
        {
            Assert.Equal(DecisionCodes.ScopeUnknownAgent, (await session.InvokeAsync(tool, Words.For(tool), Words.Done)).Decision.Code);
        }
    }

    private static GovernedHost Start(Action<GuardrailOptions>? configure = null) => GovernedHost.Start(Words.Clerk, o =>
    {
        o.Approver = Words.Approves();
        configure?.Invoke(o);
    });
}
