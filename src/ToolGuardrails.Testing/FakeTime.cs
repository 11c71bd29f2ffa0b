using ToolGuardrails.Testing.Waiting;

namespace ToolGuardrails;

/// <summary>A clock that only the test moves. The wall clock and the monotonic clock are two, as on a real machine: <see cref="SetUtcNow"/> moves only the former.</summary>
public sealed class FakeTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _utcNow;
    private long _ticks;
    private long _order;

    /// <summary>A clock that stands at 9 o'clock of 5 January 2026, UTC.</summary>
    public FakeTime()
        : this(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>A clock that stands at a moment of the test's choice.</summary>
    /// <param name="utcNow">The moment.</param>
    public FakeTime(DateTimeOffset utcNow) => _utcNow = utcNow;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are waiting: tells a test that something has begun to wait.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _utcNow;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _ticks;
        }
    }

    /// <summary>Sets the wall clock, back too, as an administrator can. No timer fires and the monotonic clock stays.</summary>
    /// <param name="utcNow">The moment.</param>
    public void SetUtcNow(DateTimeOffset utcNow)
    {
        lock (_lock)
        {
            _utcNow = utcNow;
        }
    }

    /// <summary>Moves both clocks on and fires what falls due, each timer at its own moment, on this thread.</summary>
    /// <param name="by">How far; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative; time goes back with <see cref="SetUtcNow"/> only.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long end = GetTimestamp() + by.Ticks;
        while (TakeNextDue(end) is { } due)
        {
            due.Fire();
        }

        lock (_lock)
        {
            MoveTo(end);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal bool Schedule(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        bool now;
        lock (_lock)
        {
            _timers.Remove(timer);
            timer.Period = period > TimeSpan.Zero ? period.Ticks : null;
            now = dueTime == TimeSpan.Zero;
            if (dueTime > TimeSpan.Zero || (now && timer.Period is not null))
            {
                Add(timer, _ticks + (now ? timer.Period!.Value : dueTime.Ticks));
            }
        }

        if (now)
        {
            // A timer that is due at once fires off this thread, as the system's does.
            ThreadPool.UnsafeQueueUserWorkItem(static t => t.Fire(), timer, preferLocal: false);
        }

        return true;
    }

    internal void Remove(FakeTimer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
        }
    }

    private FakeTimer? TakeNextDue(long end)
    {
        lock (_lock)
        {
            FakeTimer? due = _timers.Where(t => t.Due <= end).MinBy(static t => (t.Due, t.Order));
            if (due is null)
            {
                return null;
            }

            MoveTo(due.Due);
            _timers.Remove(due);
            if (due.Period is { } period)
            {
                Add(due, due.Due + period);
            }

            return due;
        }
    }

    private void Add(FakeTimer timer, long due)
    {
        timer.Due = due;
        timer.Order = _order++;
        _timers.Add(timer);
    }

    // Never back: a timer's callback may have advanced the clocks further than this.
    private void MoveTo(long ticks)
    {
        if (ticks > _ticks)
        {
            _utcNow = _utcNow.AddTicks(ticks - _ticks);
            _ticks = ticks;
        }
    }
}
