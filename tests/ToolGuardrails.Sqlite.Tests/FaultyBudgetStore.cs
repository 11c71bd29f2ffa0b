namespace ToolGuardrails.Tests.Stores;

/// <summary>A store of budgets by the wall clock, with one fault.</summary>
internal sealed class FaultyBudgetStore(BudgetFault fault, TimeProvider time) : IBudgetStore
{
    private readonly Lock _lock = new();
    private readonly LostRace _race = new();
    private readonly Dictionary<string, (DateTimeOffset Began, int Calls)> _counters = new(fault == BudgetFault.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    public ValueTask<bool> HasRoomAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken)
    {
        if (fault == BudgetFault.AskingTakes)
        {
            return TryChargeAsync(charges, cancellationToken);
        }

        lock (_lock)
        {
            return new(charges.All(HasRoom));
        }
    }

    public async ValueTask<bool> TryChargeAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (fault == BudgetFault.ChargesSome)
            {
                return charges.TakeWhile(c => HasRoom(c) && Charge([c])).Count() == charges.Count;
            }

            if (!charges.All(HasRoom))
            {
                return false;
            }

            // Only the last charge is raced for, so that it is certain that two look at it.
            if (fault != BudgetFault.Races || Used(charges[0]) != charges[0].Limit - 1)
            {
                return Charge(charges);
            }
        }

        await _race.LookedAsync();
        return Charge(charges);
    }

    private bool Charge(IReadOnlyList<BudgetCharge> charges)
    {
        lock (_lock)
        {
            foreach (BudgetCharge charge in charges)
            {
                int used = Used(charge);
                bool begins = used == 0 || fault == BudgetFault.SlidesWindow;
                _counters[charge.Counter] = (begins ? Beginning(charge) : _counters[charge.Counter].Began, used + 1);
            }

            return true;
        }
    }

    private DateTimeOffset Beginning(in BudgetCharge charge)
    {
        DateTimeOffset now = time.GetUtcNow();
        return fault == BudgetFault.FixedWindows ? now.AddTicks(-(now.UtcTicks % charge.Window.Ticks)) : now;
    }

    private bool HasRoom(BudgetCharge charge) => Used(charge) < charge.Limit + (fault == BudgetFault.OneTooMany ? 1 : 0);

    private int Used(in BudgetCharge charge)
    {
        if (!_counters.TryGetValue(charge.Counter, out (DateTimeOffset Began, int Calls) counter))
        {
            return 0;
        }

        DateTimeOffset now = time.GetUtcNow();
        if (now < counter.Began && fault is not (BudgetFault.WaitsForClock or BudgetFault.AnewOnSetBack))
        {
            counter.Began = now;
            _counters[charge.Counter] = counter;
        }

        bool isOpen = now - counter.Began < charge.Window && (now >= counter.Began || fault != BudgetFault.AnewOnSetBack);
        return isOpen || fault == BudgetFault.NeverAnew ? counter.Calls : 0;
    }
}
