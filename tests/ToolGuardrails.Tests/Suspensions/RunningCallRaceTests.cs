namespace ToolGuardrails.Tests.Suspensions;

/// <summary>Calls come and go without a lock while others are told to stop: nobody is told in another's place.</summary>
public sealed class RunningCallRaceTests
{
    private const int Calls = 30_000;

    [Fact]
    public void Only_calls_of_the_session_that_is_stopped_are_ever_told()
    {
        var calls = new RunningCalls();
        (SessionIdentity Stopped, SessionIdentity Other) sessions = (Session("stopped"), Session("other"));
        int wrong = 0;
        bool ends = false;
        var callers = new Thread[2];
        for (int t = 0; t < callers.Length; t++)
        {
            callers[t] = new Thread(() =>
            {
                for (int i = 0; i < Calls; i++)
                {
                    bool isStopped = i % 3 == 0;
                    RunningCall running = calls.EnterHere(Call(isStopped ? sessions.Stopped : sessions.Other), CancellationToken.None);
                    Thread.SpinWait(i % 300); // Some are over before they can be told, some aren't.
                    bool isTold = running.Ends.IsCancellationRequested;
                    calls.Leave(running, atOnce: true);
                    Interlocked.Add(ref wrong, isTold && !isStopped ? 1 : 0);
                }
            });
        }

        Array.ForEach(callers, static c => c.Start());
        var stopper = new Thread(() =>
        {
            while (!Volatile.Read(ref ends))
            {
                calls.StopAsync((session, _, _) => session == sessions.Stopped ? Reasons.SessionEnded : null);
            }
        });
        stopper.Start();
        Array.ForEach(callers, static c => c.Join());
        Volatile.Write(ref ends, true);
        stopper.Join();

        Assert.Equal(0, wrong);
    }

    [Fact]
    public async Task A_call_that_has_begun_when_everything_is_stopped_is_told()
    {
        var calls = new RunningCalls();
        RunningCall outer = calls.EnterHere(Call(Session("a")), CancellationToken.None);
        RunningCall inner = calls.EnterHere(Call(Session("b")), CancellationToken.None);
        Task begun = calls.StopAsync(static (_, _, _) => Reasons.SessionEnded);

        Assert.True(outer.Ends.IsCancellationRequested && inner.Ends.IsCancellationRequested);
        Assert.False(begun.IsCompleted);
        calls.Leave(inner, atOnce: true);
        Assert.False(begun.IsCompleted);
        calls.MarkBegun(outer);
        await begun;
        Assert.NotSame(outer, calls.EnterHere(Call(Session("c")), CancellationToken.None));
    }

    [Fact]
    public void A_call_that_was_told_leaves_nothing_to_the_next_one() => OnAThreadOfItsOwn(static () =>
    {
        var calls = new RunningCalls();
        RunningCall first = calls.EnterHere(Call(Session("a")), CancellationToken.None);
        calls.StopAsync(static (_, _, _) => Reasons.SessionEnded);
        calls.Leave(first, atOnce: true);

        RunningCall next = calls.EnterHere(Call(Session("b")), CancellationToken.None);
        Assert.False(next.Ends.IsCancellationRequested);
        Assert.Null(next.Stopped);
    });

    [Fact]
    public void A_call_that_was_denied_at_the_last_look_leaves_its_thread_no_place_that_nobody_looks_at() => OnAThreadOfItsOwn(static () =>
    {
        var calls = new RunningCalls();
        calls.Leave(calls.EnterHere(Call(Session("a")), CancellationToken.None), atOnce: false);

        RunningCall next = calls.EnterHere(Call(Session("b")), CancellationToken.None);
        calls.StopAsync(static (_, _, _) => Reasons.SessionEnded);
        Assert.True(next.Ends.IsCancellationRequested);
    });

    [Fact]
    public void Whichever_calls_have_ended_the_others_are_told() => OnAThreadOfItsOwn(static () =>
    {
        var calls = new RunningCalls();
        RunningCall[] running = [.. Enumerable.Range(0, 20).Select(i => calls.Enter(Call(Session($"s-{i}")), CancellationToken.None))];
        foreach (int i in (int[])[19, 0, 7, 18, 1])
        {
            calls.Leave(running[i], atOnce: false);
        }

        calls.StopAsync(static (_, _, _) => Reasons.SessionEnded);
        Assert.Equal([0, 1, 7, 18, 19], Enumerable.Range(0, 20).Where(i => !running[i].Ends.IsCancellationRequested));
    });

    [Fact]
    public void The_place_of_a_thread_that_has_ended_is_anothers()
    {
        var calls = new RunningCalls();
        RunningCall? place = null;
        OnAThreadOfItsOwn(() => calls.Leave(place = calls.EnterHere(Call(Session("a")), CancellationToken.None), atOnce: true));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Same(place, calls.Enter(Call(Session("b")), CancellationToken.None));
    }

    // What other tests have left to a thread would hide what this one leaves.
    private static void OnAThreadOfItsOwn(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(test));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static SessionIdentity Session(string id) => new(id, "clerk", subject: null, tenant: null, parent: null);

    private static ToolCall Call(SessionIdentity session) => new(ResolvedName.Of, session, ToolArguments.Empty, new CallId("c"), toolUseId: null);

    private sealed class ResolvedName() : ResolvedTool(ToolInfo.Named("t"))
    {
        public static readonly ResolvedName Of = new();
    }
}
