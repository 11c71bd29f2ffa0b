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
                    calls.LeaveHere(running);
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
        calls.LeaveHere(inner);
        Assert.False(begun.IsCompleted);
        calls.MarkBegun(outer);
        await begun;
        Assert.NotSame(outer, calls.EnterHere(Call(Session("c")), CancellationToken.None));
    }

    [Fact]
    public void A_call_that_was_told_leaves_nothing_to_the_next_one()
    {
        var calls = new RunningCalls();
        RunningCall first = calls.EnterHere(Call(Session("a")), CancellationToken.None);
        calls.StopAsync(static (_, _, _) => Reasons.SessionEnded);
        calls.LeaveHere(first);

        RunningCall next = calls.EnterHere(Call(Session("b")), CancellationToken.None);
        Assert.False(next.Ends.IsCancellationRequested);
        Assert.Null(next.Stopped);
    }

    private static SessionIdentity Session(string id) => new(id, "clerk", subject: null, tenant: null, parent: null);

    private static ToolCall Call(SessionIdentity session) => new(ResolvedName.Of, session, ToolArguments.Empty, new CallId("c"), toolUseId: null);

    private sealed class ResolvedName() : ResolvedTool(ToolInfo.Named("t"))
    {
        public static readonly ResolvedName Of = new();
    }
}
