namespace ToolGuardrails.Sqlite;

/// <summary>The counters of a store, by the wall clock, which the processes that share it have in common.</summary>
/// <remarks>Times are ticks of UTC. The clock is always read after the row, so a window that begins in the future means that the clock was set back.</remarks>
internal sealed class BudgetTable
{
    private readonly TimeProvider _time;
    private readonly StoreConnection _connection;
    private readonly Statement _find, _move, _charge, _all;

    public BudgetTable(StoreConnection connection, TimeProvider time)
    {
        _time = time;
        _connection = connection;
        _find = connection.Prepare("SELECT began, calls FROM budgets WHERE counter = ?1");
        _move = connection.Prepare("UPDATE budgets SET began = ?2 WHERE counter = ?1 AND began > ?2");
        _charge = connection.Prepare("INSERT INTO budgets (counter, began, calls, most, lasts) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (counter) DO UPDATE SET began = excluded.began, calls = excluded.calls, most = excluded.most, lasts = excluded.lasts");
        _all = connection.Prepare("SELECT counter, calls, most, began, lasts FROM budgets ORDER BY counter");
    }

    public bool HasRoom(IReadOnlyList<BudgetCharge> charges)
    {
        FollowClock(charges);
        return _connection.Use((Table: this, charges), static s => All(s.charges, s.Table, static (t, c) => t.Used(c, out _) < c.Limit));
    }

    public bool Charge(IReadOnlyList<BudgetCharge> charges)
    {
        FollowClock(charges);
        return _connection.Write((Table: this, charges), static s => All(s.charges, s.Table, static (t, c) => t.Charge(c)));
    }

    public IReadOnlyList<BudgetCounter> Read() => _connection.Read(_all, static _ => { }, static r =>
        new BudgetCounter(r.Text(0)!, (int)r.Integer(1), (int)r.Integer(2), new DateTimeOffset(r.Integer(3), TimeSpan.Zero), TimeSpan.FromTicks(r.Integer(4))));

    // A clock that was set back behind a window's beginning would keep the window open until it has caught up.
    // So the window goes back with it and keeps its count: it lasts at most its whole length from now on.
    private void FollowClock(IReadOnlyList<BudgetCharge> charges)
    {
        if (_connection.Use((Table: this, charges), static s => !All(s.charges, s.Table, static (t, c) => t.Find(c.Counter).Began <= t.Now)))
        {
            _ = _connection.Write((Table: this, charges), static s => All(s.charges, s.Table, static (t, c) =>
            {
                t._move.Bind(1, c.Counter).Bind(2, t.Now).Run();
                return true;
            }));
        }
    }

    private bool Charge(in BudgetCharge charge)
    {
        int used = Used(charge, out long began);
        if (used >= charge.Limit)
        {
            return false;
        }

        _charge.Bind(1, charge.Counter).Bind(2, began).Bind(3, used + 1).Bind(4, charge.Limit).Bind(5, charge.Window.Ticks).Run();
        return true;
    }

    // How many calls the window that is open has, and since when it is; one that is over has none and begins now.
    private int Used(in BudgetCharge charge, out long began)
    {
        (began, int calls) = Find(charge.Counter);
        long now = Now;
        if (calls > 0 && now - began < charge.Window.Ticks)
        {
            return calls;
        }

        began = now;
        return 0;
    }

    private long Now => _time.GetUtcNow().UtcTicks;

    private (long Began, int Calls) Find(string counter)
    {
        try
        {
            return _find.Bind(1, counter).Step() ? (_find.Integer(0), (int)_find.Integer(1)) : default;
        }
        finally
        {
            _find.Reset();
        }
    }

    private static bool All(IReadOnlyList<BudgetCharge> charges, BudgetTable table, Func<BudgetTable, BudgetCharge, bool> holds)
    {
        for (int i = 0; i < charges.Count; i++)
        {
            if (!holds(table, charges[i]))
            {
                return false;
            }
        }

        return true;
    }
}
