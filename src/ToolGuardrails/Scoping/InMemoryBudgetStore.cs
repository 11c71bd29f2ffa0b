namespace ToolGuardrails;

/// <summary>Counts calls in memory, by the monotonic clock. The default; use a shared store where several processes have one budget.</summary>
/// <param name="time">The clock; null for the system's.</param>
public sealed class InMemoryBudgetStore(TimeProvider? time = null) : IBudgetStore
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Began, int Count)> _counters = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<bool> HasRoomAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(charges);
        lock (_lock)
        {
            return new(HaveRoom(charges, _time.GetTimestamp()));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryChargeAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(charges);
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            if (!HaveRoom(charges, now))
            {
                return new(false);
            }

            for (int i = 0; i < charges.Count; i++)
            {
                int used = Used(charges[i], now);
                _counters[charges[i].Counter] = used == 0 ? (now, 1) : (_counters[charges[i].Counter].Began, used + 1);
            }

            return new(true);
        }
    }

    private bool HaveRoom(IReadOnlyList<BudgetCharge> charges, long now)
    {
        for (int i = 0; i < charges.Count; i++)
        {
            if (Used(charges[i], now) >= charges[i].Limit)
            {
                return false;
            }
        }

        return true;
    }

    private int Used(in BudgetCharge charge, long now) =>
        _counters.TryGetValue(charge.Counter, out (long Began, int Count) counter) && _time.GetElapsedTime(counter.Began, now) < charge.Window ? counter.Count : 0;
}
