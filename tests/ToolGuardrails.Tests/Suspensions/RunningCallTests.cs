using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Suspensions;

/// <summary>Tools that run while their call is suspended are told, and nothing is claimed of them; none starts afterwards.</summary>
public sealed class RunningCallTests
{
    private static readonly Principal Operator = new("https://id.example", "operator");

    [Fact]
    public async Task A_tool_that_runs_is_told_by_its_token_and_its_outcome_is_unknown()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        var told = new TaskCompletionSource();
        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.read", Words.Note, async ValueTask<string> (_, token) =>
        {
            await using CancellationTokenRegistration registration = token.Register(() => told.SetResult());
            await told.Task;
            token.ThrowIfCancellationRequested();
            return "never";
        }).AsTask();

        await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Operator, "odd calls");
        ToolOutcome<string> outcome = await call;

        Assert.Equal((true, false, DecisionCodes.SuspensionAgent), (outcome.Executed, outcome.HasValue, outcome.Withheld?.Code));
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal(("unknown", DecisionCodes.SuspensionAgent), (record.Status, record.GetString("error")));
    }

    [Fact]
    public async Task A_tool_that_does_not_listen_ends_as_it_would_have()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        var goOn = new TaskCompletionSource();
        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.read", Words.Note, async ValueTask<string> (_, _) =>
        {
            await goOn.Task;
            return "done";
        }).AsTask();

        await host.Pipeline.SuspendAsync(SuspensionTarget.All, Operator, "stop");
        goOn.SetResult();

        Assert.Equal("done", (await call).Value);
        Assert.Equal("succeeded", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    [Fact]
    public async Task Only_the_calls_that_are_suspended_are_told()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        var goOn = new TaskCompletionSource();
        CancellationToken seen = default;
        Task<ToolOutcome<string>> call = host.Session().InvokeAsync("notes.read", Words.Note, async ValueTask<string> (_, token) =>
        {
            seen = token;
            await goOn.Task;
            return "done";
        }).AsTask();

        await host.Pipeline.SuspendAsync(SuspensionTarget.Agent("helper"), Operator, "stop");
        bool told = seen.IsCancellationRequested;
        goOn.SetResult();
        await call;

        Assert.False(told);
    }

    [Fact]
    public async Task A_caller_who_cancels_a_suspended_call_gets_the_cancellation()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        using var caller = new CancellationTokenSource();
        var told = new TaskCompletionSource();
        Task<ToolOutcome<string>> call = host.Session().InvokeAsync(
            "notes.read",
            Words.Note,
            async ValueTask<string> (_, token) =>
            {
                await using CancellationTokenRegistration registration = token.Register(() => told.SetResult());
                await told.Task;
                token.ThrowIfCancellationRequested();
                return "never";
            },
            caller.Token).AsTask();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("cancelled", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).GetString("error"));
    }

    [Fact]
    public async Task An_acknowledged_suspension_waits_until_a_tool_that_was_let_through_has_begun_but_not_for_ever()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        var reached = new TaskCompletionSource();
        using var release = new ManualResetEventSlim();
        Task<ToolOutcome<int>> call = Task.Run(() => host.Session().InvokeSynchronousAsync("notes.read", Words.Note, _ =>
        {
            reached.SetResult();
            release.Wait();
            return 1;
        }).AsTask());
        await reached.Task;

        Task suspending = host.Pipeline.SuspendAsync(SuspensionTarget.All, Operator, "stop").AsTask();
        Assert.False(suspending.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await suspending;
        release.Set();
        Assert.Equal(1, (await call).Value);
    }

    // A tool may keep its token, and whoever listens to it must not hear of another call.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_token_of_a_tool_that_ran_on_is_no_later_calls(bool fails)
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();
        var seen = new List<CancellationToken>();
        for (int i = 0; i < 3; i++)
        {
            var ends = new TaskCompletionSource<string>();
            Task<ToolOutcome<string>> call = session.InvokeAsync("notes.read", Words.Note, (_, token) =>
            {
                seen.Add(token);
                return new ValueTask<string>(ends.Task);
            }).AsTask();
            if (fails)
            {
                ends.SetException(new IOException("gone"));
                await Assert.ThrowsAsync<IOException>(() => call);
            }
            else
            {
                ends.SetResult("done");
                Assert.Equal("done", (await call).Value);
            }
        }

        Assert.Equal(3, seen.Distinct().Count());
    }
}
