using System.Collections.Concurrent;

namespace ToolGuardrails;

/// <summary>When things lapse, by whichever clock says so first: a wall clock set back prolongs nothing, and neither does a machine that slept (T38). The monotonic clock counts from when this process first saw the thing.</summary>
internal sealed class Deadlines(TimeProvider time)
{
    private const int MostKept = 4096;

    // How far the clocks of hosts that share a store may lie apart.
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Whether it has lapsed.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="end">When it ends by the wall clock.</param>
    /// <param name="most">How long it lasts at most.</param>
    public bool HasPassed(string id, DateTimeOffset end, TimeSpan most) => LeftOf(id, end, most) <= TimeSpan.Zero;

    /// <summary>How long it lasts from now on; zero or less where it has lapsed. What was found to have lapsed stays so.</summary>
    public TimeSpan LeftOf(string id, DateTimeOffset end, TimeSpan most)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!_known.TryGetValue(id, out Known known))
        {
            Forget(now);
            known = _known.GetOrAdd(id, new Known(time.GetTimestamp(), AtFirst(end - now, most), end));
        }

        TimeSpan left = known.Left - time.GetElapsedTime(known.Seen);
        if (left > TimeSpan.Zero && end <= now)
        {
            _known[id] = known with { Left = TimeSpan.Zero };
        }

        return end - now < left ? end - now : left;
    }

    // What by the wall clock hasn't begun yet was made before that clock was set back, and nobody knows how long ago.
    private static TimeSpan AtFirst(TimeSpan left, TimeSpan most) => left > most + MostSkew ? TimeSpan.Zero : left < most ? left : most;

    // What is over by both clocks is over whoever asks. Where the wall clock was set back, it is kept.
    private void Forget(DateTimeOffset now)
    {
        if (_known.Count < MostKept)
        {
            return;
        }

        foreach ((string id, Known known) in _known)
        {
            if (known.End <= now && time.GetElapsedTime(known.Seen) >= known.Left)
            {
                _known.TryRemove(id, out _);
            }
        }
    }

    private readonly record struct Known(long Seen, TimeSpan Left, DateTimeOffset End);
}
