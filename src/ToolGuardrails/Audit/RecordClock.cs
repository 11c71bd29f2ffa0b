namespace ToolGuardrails.Audit;

/// <summary>The time in the records of ordinary calls, which is as exact as the operating system's coarse clock: some milliseconds. To ask the exact clock twice costs as much as everything else that such a call does.</summary>
/// <remarks>A host's own clock is asked each time.</remarks>
internal sealed class RecordClock(TimeProvider time)
{
    [ThreadStatic]
    private static long _tick;

    [ThreadStatic]
    private static long _utcTicks;

    private readonly bool _isSystem = ReferenceEquals(time, TimeProvider.System);

    /// <summary>Ticks of UTC.</summary>
    public long Now()
    {
        if (!_isSystem)
        {
            return time.GetUtcNow().UtcTicks;
        }

        long tick = Environment.TickCount64;
        if (tick != _tick || _utcTicks == 0)
        {
            _tick = tick;
            _utcTicks = time.GetUtcNow().UtcTicks;
        }

        return _utcTicks;
    }
}
