using System.Collections.Concurrent;

namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>Has whatever the audit log's thread has kept waiting go on here, on the one thread of a schedule.</summary>
internal sealed class Turns : SynchronizationContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

    /// <summary>Has whoever waits look again.</summary>
    public void Wake() => _posted.Add((static _ => { }, null));

    /// <summary>Does something whose awaits go on in this context.</summary>
    public void Do(Action act)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            act();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Goes on until everything has been done and this holds. Called outside of the context: inside of one, an await that asks for none leaves the thread.</summary>
    public void Until(Func<bool> holds)
    {
        while (_posted.TryTake(out (SendOrPostCallback Callback, object? State) next) || (!holds() && Wait(out next)))
        {
            Do(() => next.Callback(next.State));
        }
    }

    private bool Wait(out (SendOrPostCallback Callback, object? State) next) =>
        _posted.TryTake(out next, Patience) ? true : throw new TimeoutException("An actor neither waits for its turn nor has ended.");
}
