using System.Collections.Concurrent;

namespace ToolGuardrails;

/// <summary>When things lapse, by whichever clock says so first: a wall clock set back prolongs nothing, and neither does a machine that slept (T38). The monotonic clock counts from when this process first saw the thing.</summary>
internal sealed class Deadlines(TimeProvider time)
{
    private const int MostKept = 4096;

    // How far the clocks of hosts that share a store may lie apart.
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (long Seen, TimeSpan Left)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether it has lapsed.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="end">When it ends by the wall clock.</param>
    /// <param name="most">How long it lasts at most.</param>
    public bool HasPassed(string id, DateTimeOffset end, TimeSpan most) => LeftOf(id, end, most) <= TimeSpan.Zero;

    /// <summary>How long it lasts from now on; zero or less where it has lapsed.</summary>
    public TimeSpan LeftOf(string id, DateTimeOffset end, TimeSpan most)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!_seen.TryGetValue(id, out (long Seen, TimeSpan Left) seen))
        {
            Forget();
            seen = _seen.GetOrAdd(id, (time.GetTimestamp(), AtFirst(end - now, most)));
        }

        TimeSpan left = seen.Left - time.GetElapsedTime(seen.Seen);
        return end - now < left ? end - now : left;
    }

    // What by the wall clock hasn't begun yet was made before that clock was set back, and nobody knows how long ago.
    private static TimeSpan AtFirst(TimeSpan left, TimeSpan most) => left > most + MostSkew ? TimeSpan.Zero : left < most ? left : most;

    private void Forget()
    {
        if (_seen.Count < MostKept)
        {
            return;
        }

        foreach ((string id, (long at, TimeSpan left)) in _seen)
        {
            if (time.GetElapsedTime(at) >= left)
            {
                _seen.TryRemove(id, out _); // Its wall clock has passed too, unless that one was set back; then it starts anew with what that one says is left.
            }
        }
    }
}
