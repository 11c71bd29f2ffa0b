namespace ToolGuardrails;

/// <summary>Counts the calls that budgets limit. Processes that share a store share the budgets.</summary>
/// <remarks>Law 5: a call whose store throws, or doesn't answer within <see cref="GuardrailOptions.GuardTimeout"/>, is denied. Safe for parallel use. A window begins with its first call; a clock set back never begins a new one.</remarks>
public interface IBudgetStore
{
    /// <summary>Whether each of the counters has room for one more call. Changes nothing.</summary>
    /// <param name="charges">The counters.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<bool> HasRoomAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken);

    /// <summary>Charges one call to each of the counters, or to none of them.</summary>
    /// <param name="charges">The counters.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether it was charged; false where one of them is used up.</returns>
    ValueTask<bool> TryChargeAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken);
}
