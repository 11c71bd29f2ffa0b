namespace ToolGuardrails.Audit;

/// <summary>The time in the records of ordinary calls, which is as exact as the operating system's coarse clock: some milliseconds. To ask the exact clock twice costs as much as everything else that such a call does.</summary>
/// <remarks>A host's own clock is asked each time.</remarks>
internal sealed class RecordClock(TimeProvider time)
{
    private readonly bool _isSystem = ReferenceEquals(time, TimeProvider.System);
    private long _tick = -1;
    private long _utcTicks;
    private int _version;

    /// <summary>Ticks of UTC.</summary>
    public long Now()
    {
        if (!_isSystem)
        {
            return time.GetUtcNow().UtcTicks;
        }

        int version = Volatile.Read(ref _version);
        long read = Volatile.Read(ref _utcTicks);
        long tick = Volatile.Read(ref _tick);
        return tick == Environment.TickCount64 && (version & 1) == 0 && Volatile.Read(ref _version) == version ? read : Look(version);
    }

    // Whoever finds the version even keeps what it reads for the others; nobody reads while it is odd.
    private long Look(int version)
    {
        long tick = Environment.TickCount64;
        long utcTicks = time.GetUtcNow().UtcTicks;
        if ((version & 1) == 0 && Interlocked.CompareExchange(ref _version, version + 1, version) == version)
        {
            Volatile.Write(ref _utcTicks, utcTicks);
            Volatile.Write(ref _tick, tick);
            Volatile.Write(ref _version, version + 2);
        }

        return utcTicks;
    }
}
