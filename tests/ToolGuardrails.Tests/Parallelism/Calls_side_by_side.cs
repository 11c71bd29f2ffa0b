using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Parallelism;

public sealed class Calls_side_by_side
{
    private const int Calls = 64;

    // Nobody should, and hosts do.
#pragma warning disable CA2012, xUnit1031
    [Fact]
    public async Task An_outcome_can_be_read_again_after_other_calls_and_waited_for_by_a_thread()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        ToolBinding tool = host.Session().Bind("notes.any");
        ValueTask<ToolOutcome<string>> Call(out TaskCompletionSource<string> answer)
        {
            TaskCompletionSource<string> own = answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return tool.InvokeAsync(ToolArguments.Empty, (_, _) => new ValueTask<string>(own.Task));
        }

        ValueTask<ToolOutcome<string>> first = Call(out TaskCompletionSource<string> one);
        one.SetResult("one");
        Assert.Equal("one", (await first).Value);
        ValueTask<ToolOutcome<string>> second = Call(out TaskCompletionSource<string> two);
        two.SetResult("two");
        Assert.Equal("two", (await second).Value);
        Assert.Equal("one", (await first).Value);

        ValueTask<ToolOutcome<string>> third = Call(out TaskCompletionSource<string> three);
        new Thread(() => three.SetResult("three")).Start();
        Assert.Equal("three", third.GetAwaiter().GetResult().Value);
    }
#pragma warning restore CA2012, xUnit1031

    [Fact]
    public async Task Of_64_calls_at_once_each_has_its_own_decision_and_records()
    {
        string[] tools = ["notes.read", "notes.write", "prod.write", "other.read"];
        var running = new TaskCompletionSource();
        int waiting = 0;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Approver = Words.Approves());
        AgentSession session = host.Session();

        // All tools that may run wait for one another, so that the calls really overlap.
        Task<ToolOutcome<string>>[] calls = [.. Enumerable.Range(0, Calls).Select(i => Task.Run(() => session.InvokeAsync(
            tools[i % 4],
            (i % 4) switch { 1 => ToolArguments.FromJson($$"""{"id":"n{{i}}","text":"t"}"""), 2 => ToolArguments.FromJson($$"""{"rows":{{i}}}"""), _ => Words.For(tools[i % 4]) }, // The same call twice would meet one request.
            async ValueTask<string> (_, _) =>
            {
                if (Interlocked.Increment(ref waiting) == Calls * 3 / 4)
                {
                    running.SetResult();
                }

                await running.Task;
                return $"result {i}";
            },
            new ToolCallOptions<string> { ToolUseId = $"use-{i}" }).AsTask()))];
        ToolOutcome<string>[] outcomes = await Task.WhenAll(calls);

        Assert.All(outcomes, (o, i) => Assert.Equal(i % 4 == 3 ? null : $"result {i}", o.Value));
        Assert.Equal(Calls, outcomes.Select(static o => o.Decision.CallId).Distinct().Count());
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Dictionary<string, AuditRecord> decisions = records.Where(static r => r.Kind == AuditRecordKind.Decision).ToDictionary(static r => r.CallId!);
        ILookup<string?, AuditRecord> ran = records.Where(static r => r.Kind == AuditRecordKind.Outcome).ToLookup(static r => r.CallId);
        Assert.Equal(Calls, decisions.Count);
        Assert.All(outcomes, (o, i) =>
        {
            AuditRecord decision = decisions[o.Decision.CallId];
            Assert.Equal((tools[i % 4], $"use-{i}", o.Decision.Code), (decision.Tool, decision.GetString("tool_use"), decision.Code));
            Assert.Equal(i % 4 == 3 ? [] : [$"result {i}"], ran[o.Decision.CallId].Select(static r => r.GetString("result")));
        });
    }

    [Fact]
    public async Task In_a_batch_only_the_gated_call_waits()
    {
        var answer = new TaskCompletionSource<ApprovalResponse>();
        ApprovalRequest? asked = null;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = new CallbackApprover((request, _) =>
        {
            asked = request;
            return new(answer.Task);
        }));
        AgentSession session = host.Session();

        Task<ToolOutcome<string>> gated = session.InvokeAsync("notes.write", Words.NewNote, Words.Done).AsTask();
        Task<ToolOutcome<string>>[] free = [.. Enumerable.Range(0, 20).Select(i => session.InvokeAsync(i % 2 == 0 ? "notes.read" : "other.read", i % 2 == 0 ? Words.Note : ToolArguments.Empty, Words.Done).AsTask())];
        ToolOutcome<string>[] outcomes = await Task.WhenAll(free);

        Assert.False(gated.IsCompleted);
        Assert.All(outcomes, static (o, i) => Assert.Equal(i % 2 == 0, o.HasValue));
        answer.SetResult(Words.Yes(asked!));
        Assert.True((await gated).HasValue);
        Assert.Equal((await gated).Decision.CallId, (await host.RecordsAsync(AuditRecordKind.Decision))[^1].CallId); // Its decision came last.
    }

    [Fact]
    public async Task A_guard_that_thinks_holds_up_its_own_call_only()
    {
        var thinking = new TaskCompletionSource<Verdict>();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard((call, _) => call.Tool.Id == "notes.any" ? new(thinking.Task) : new(Verdict.Allow))));
        AgentSession session = host.Session();

        Task<ToolOutcome<string>> held = session.InvokeAsync("notes.any", ToolArguments.Empty, Words.Done).AsTask();
        Assert.True((await session.InvokeAsync("notes.read", Words.Note, Words.Done)).HasValue);
        Assert.False(held.IsCompleted);
        thinking.SetResult(Verdict.Allow);

        Assert.True((await held).HasValue);
    }

    [Fact]
    public async Task Many_approvals_at_once_are_each_for_their_own_call()
    {
        var asked = new System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource<ApprovalResponse>>();
        var all = new TaskCompletionSource();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = new CallbackApprover((request, _) =>
        {
            var answer = new TaskCompletionSource<ApprovalResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            asked[System.Text.Encoding.UTF8.GetString(request.Arguments.Span)] = answer;
            if (asked.Count == Calls)
            {
                all.TrySetResult();
            }

            return new(answer.Task);
        }));
        AgentSession session = host.Session();

        Task<ToolOutcome<string>>[] calls = [.. Enumerable.Range(0, Calls).Select(i => session.InvokeAsync("notes.write", ToolArguments.FromJson($$"""{"id":"n{{i}}","text":"t"}"""), static (a, _) => new ValueTask<string>(a.ToCanonicalJson())).AsTask())];
        await all.Task;
        for (int i = Calls - 1; i >= 0; i--)
        {
            asked[$$"""{"id":"n{{i}}","text":"t"}"""].SetResult(i % 2 == 0 ? ApprovalResponse.ApproveUnproven() : ApprovalResponse.Reject());
        }

        ToolOutcome<string>[] outcomes = await Task.WhenAll(calls);
        Assert.All(outcomes, static (o, i) => Assert.Equal(i % 2 == 0 ? $$"""{"id":"n{{i}}","text":"t"}""" : null, o.Value));
    }

    [Fact]
    public async Task A_policy_that_changes_under_parallel_calls_is_one_or_the_other_for_each()
    {
        GuardrailPolicy open = GuardrailPolicy.Parse(Words.Clerk);
        GuardrailPolicy closed = GuardrailPolicy.Parse(Words.ClerkWith("\"risks\": [", "\"deny\": [ { \"id\": \"stop\", \"tools\": \"*\" } ], \"risks\": ["));
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();

        Task flipping = Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                host.Pipeline.Publish(i % 2 == 0 ? closed : open);
            }
        });
        await Parallel.ForAsync(0, 5_000, async (_, token) =>
        {
            Decision decision = await session.EvaluateAsync("notes.any", ToolArguments.Empty, token);
            Assert.Equal(decision.IsAllowed ? open.Digest : closed.Digest, decision.PolicyDigest);
        });
        await flipping;
    }
}
