namespace ToolGuardrails.Testing.Waiting;

/// <summary>A timer of <see cref="FakeTime"/>'s.</summary>
internal sealed class FakeTimer(FakeTime owner, TimerCallback callback, object? state) : ITimer
{
    private int _disposed;

    internal long Due { get; set; }

    internal long Order { get; set; }

    internal long? Period { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period) =>
        Volatile.Read(ref _disposed) == 0 && owner.Schedule(this, dueTime, period);

    public void Dispose()
    {
        Volatile.Write(ref _disposed, 1);
        owner.Remove(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Fire()
    {
        if (Volatile.Read(ref _disposed) == 0)
        {
            callback(state);
        }
    }
}
