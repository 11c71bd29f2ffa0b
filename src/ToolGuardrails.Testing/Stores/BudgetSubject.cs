using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>A store of budgets under test, and the clock that it reads.</summary>
internal sealed class BudgetSubject : IAsyncDisposable
{
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public BudgetSubject(Func<TimeProvider, IBudgetStore> create) =>
        Store = create(Time) ?? throw new ArgumentException("The factory made no store.", nameof(create));

    public FakeTime Time { get; } = new();

    public IBudgetStore Store { get; }

    public static BudgetCharge Of(string counter, int limit) => new(counter, limit, Minute);

    public Task<bool> ChargeAsync(params BudgetCharge[] charges) => AskAsync(Store.TryChargeAsync, charges);

    public Task<bool> HasRoomAsync(params BudgetCharge[] charges) => AskAsync(Store.HasRoomAsync, charges);

    public async Task ExpectAsync(bool expected, string when, params BudgetCharge[] charges)
    {
        // Asked first, because it changes nothing, and has to say the same.
        bool hasRoom = await HasRoomAsync(charges).ConfigureAwait(false);
        bool charged = await ChargeAsync(charges).ConfigureAwait(false);
        if (charged != expected)
        {
            throw new BrokenContractException($"It {(charged ? "charges" : "doesn't charge")} a call {when}.");
        }

        if (hasRoom != expected)
        {
            throw new BrokenContractException($"HasRoomAsync says {(hasRoom ? "yes" : "no")} {when}, and the call {(charged ? "was" : "wasn't")} charged then.");
        }
    }

    public ValueTask DisposeAsync() => Disposal.DisposeAsync(Store);

    /// <summary>The store's type.</summary>
    public override string ToString() => Store.GetType().Name;

    private static async Task<bool> AskAsync(Func<IReadOnlyList<BudgetCharge>, CancellationToken, ValueTask<bool>> ask, BudgetCharge[] charges)
    {
        try
        {
            return await ask(charges, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw new BrokenContractException($"It throws {e.GetType().Name} on {charges.Length} counters: {e.Message}");
        }
    }
}
