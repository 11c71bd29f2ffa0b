using System.Collections.Concurrent;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>A clock that only the test moves, for ten thousand timers at once. It fires those that are due in no order; <see cref="FakeTime"/> keeps them in order, which takes too long for so many.</summary>
internal sealed class CrowdTime : TimeProvider
{
    private readonly ConcurrentDictionary<CrowdTimer, bool> _waiting = [];
    private long _ticks;

    public int PendingTimers => _waiting.Count;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero).AddTicks(GetTimestamp());

    public void Advance(TimeSpan by)
    {
        long now = Interlocked.Add(ref _ticks, by.Ticks);
        foreach (CrowdTimer timer in _waiting.Keys.Where(t => t.Due <= now))
        {
            if (_waiting.TryRemove(timer, out _))
            {
                timer.Fire();
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new CrowdTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class CrowdTimer(CrowdTime owner, Action fire) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            owner._waiting.TryRemove(this, out _);
            if (dueTime >= TimeSpan.Zero)
            {
                Due = owner.GetTimestamp() + dueTime.Ticks;
                owner._waiting[this] = true;
            }

            return true;
        }

        public void Dispose() => owner._waiting.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
