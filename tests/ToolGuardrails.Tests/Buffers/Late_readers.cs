using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Buffers;

// Whoever goes on reading after its call has ended sees its own call's bytes or an exception, never another call's.
public sealed class Late_readers
{
    private const int Later = 500;

    [Fact]
    public async Task A_guard_that_timed_out_and_goes_on_reading_sees_its_own_call()
    {
        ToolCall kept = default;
        int asked = 0;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard((call, _) =>
        {
            if (++asked > 1)
            {
                return new(Verdict.Allow);
            }

            kept = call;
            return new(new TaskCompletionSource<Verdict>().Task);
        })));
        AgentSession session = host.Session();

        Task<ToolOutcome<string>> call = session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(1)), Words.Done).AsTask();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DecisionCodes.GuardTimeout, (await call).Decision.Code);

        await OthersAsync(session, () => Assert.Equal(Pooled_arguments.Text(1), kept.Arguments.ToCanonicalJson()));
    }

    [Fact]
    public async Task A_guard_whose_caller_gave_up_sees_its_own_call()
    {
        using var cancel = new CancellationTokenSource();
        ToolCall kept = default;
        int asked = 0;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard((call, _) =>
        {
            if (++asked > 1)
            {
                return new(Verdict.Allow);
            }

            kept = call;
            return new(new TaskCompletionSource<Verdict>().Task);
        })));
        AgentSession session = host.Session();

        Task call = session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(1)), Words.Done, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await OthersAsync(session, () => Assert.Equal(Pooled_arguments.Text(1), kept.Arguments.ToCanonicalJson()));
    }

    [Fact]
    public async Task A_tool_that_was_cancelled_and_goes_on_reading_sees_its_own_call()
    {
        using var cancel = new CancellationTokenSource();
        ToolArguments kept = default;
        var goesOn = new TaskCompletionSource();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();

        Task call = session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(1)), async ValueTask<string> (arguments, token) =>
        {
            kept = arguments;
            await goesOn.Task.WaitAsync(token);
            return "done";
        }, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await OthersAsync(session, () => Assert.Equal(Pooled_arguments.Text(1), kept.ToCanonicalJson()));
    }

    [Fact]
    public async Task A_tool_that_threw_and_goes_on_reading_sees_its_own_call()
    {
        ToolArguments kept = default;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();

        await Assert.ThrowsAsync<IOException>(async () => await session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(1)), ValueTask<string> (arguments, _) =>
        {
            kept = arguments;
            throw new IOException("broken");
        }));

        await OthersAsync(session, () => AssertOwnOrNone(kept, 1));
    }

    [Fact]
    public async Task A_tool_that_finished_later_and_is_still_read_sees_its_own_call()
    {
        ToolArguments kept = default;
        var finished = new TaskCompletionSource<string>();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();

        Task<ToolOutcome<string>> call = session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(1)), (arguments, _) =>
        {
            kept = arguments;
            return finished.Task;
        }).AsTask();
        finished.SetResult("done");
        Assert.True((await call).HasValue);

        await OthersAsync(session, () => Assert.Equal(Pooled_arguments.Text(1), kept.ToCanonicalJson()));
    }

    [Fact]
    public async Task A_result_guard_that_timed_out_and_goes_on_reading_sees_its_own_call()
    {
        ToolCall kept = default;
        int asked = 0;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.ResultGuards.Add(new LambdaResultGuard((call, _, _) =>
        {
            if (++asked > 1)
            {
                return new(Verdict.Allow);
            }

            kept = call;
            return new(new TaskCompletionSource<Verdict>().Task);
        })));
        AgentSession session = host.Session();

        Task<ToolOutcome<string>> call = session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(1)), Words.Done).AsTask();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DecisionCodes.GuardTimeout, (await call).Withheld!.Code);

        await OthersAsync(session, () => Assert.Equal(Pooled_arguments.Text(1), kept.Arguments.ToCanonicalJson()));
    }

    [Fact]
    public async Task What_an_approver_keeps_is_a_copy()
    {
        ApprovalRequest? kept = null;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Approver = Words.Approves(request => kept = request));
        AgentSession session = host.Session();

        await session.InvokeAsync("prod.write", session.ReadArguments("""{"rows":1}"""u8), Words.Done);

        await OthersAsync(session, () => Assert.Equal("""{"rows":1}""", System.Text.Encoding.UTF8.GetString(kept!.Arguments.Span)));
    }

    // A guard answers at once, its call ends at once, and a thread of the guard's goes on reading while thousands of calls use the buffer.
    [Fact]
    public async Task A_thread_that_never_stops_reading_never_sees_another_calls_bytes()
    {
        ToolCall kept = default;
        bool first = true;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard(call =>
        {
            if (first)
            {
                first = false;
                kept = call;
            }

            return Verdict.Allow;
        })));
        AgentSession session = host.Session();
        await session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(1)), Words.Done);

        bool stop = false;
        int reads = 0;
        var reading = new TaskCompletionSource();
        Task reader = Task.Run(() =>
        {
            while (!Volatile.Read(ref stop) || reads < 100)
            {
                AssertOwnOrNone(kept.Arguments, 1);
                reads++;
                reading.TrySetResult();
            }
        });
        await reading.Task;
        for (int i = 2; i < 5_000; i++)
        {
            await session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(i)), Words.Done);
        }

        Volatile.Write(ref stop, true);
        await reader;
    }

    internal static void AssertOwnOrNone(ToolArguments arguments, int own)
    {
        string? text = null;
        Exception? thrown = Record.Exception(() => text = System.Text.Encoding.UTF8.GetString(arguments.ToUtf8()));
        Assert.True(thrown is not null || text == Pooled_arguments.Text(own), text);
        thrown = Record.Exception(() => arguments.TryGetString("m", out text));
        Assert.True(thrown is not null || text == Pooled_arguments.Marker(own), text);
    }

    private static async Task OthersAsync(AgentSession session, Action check)
    {
        check();
        for (int i = 2; i < Later; i++)
        {
            ToolOutcome<string> outcome = await session.InvokeAsync("notes.any", session.ReadArguments(Pooled_arguments.Marked(i)), static (a, _) => new ValueTask<string>(a.ToCanonicalJson()));
            Assert.Equal(Pooled_arguments.Text(i), outcome.Value);
            check();
        }
    }
}
