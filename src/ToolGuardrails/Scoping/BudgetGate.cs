using Microsoft.Extensions.Logging;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Scoping;

/// <summary>Asks the store whether a call fits into its budgets, and charges it. A store that fails denies (law 5).</summary>
/// <remarks>Calls that are allowed and calls that are refused or left waiting have counters of their own, so that nobody uses up an agent's budget with calls that never run.</remarks>
internal sealed class BudgetGate(IBudgetStore store, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    private readonly StoreDeadline _deadline = new(timeout, time);

    /// <summary>Whether a call that is about to be allowed, or asked for, may be. Changes nothing.</summary>
    /// <param name="terms">The call's budgets.</param>
    /// <param name="asks">Whether a person would be asked.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Why not; null where it may.</returns>
    public async ValueTask<VerdictReason?> CheckAsync(SlotTerms terms, bool asks, CancellationToken cancellationToken)
    {
        try
        {
            return !await _deadline.WaitAsync(store.HasRoomAsync(terms.Budgets, cancellationToken), cancellationToken).ConfigureAwait(false) ? Reasons.BudgetExhausted
                : asks && !await _deadline.WaitAsync(store.HasRoomAsync(terms.RefusedBudgets, cancellationToken), cancellationToken).ConfigureAwait(false) ? Reasons.BudgetRefused
                : null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Failed(e);
        }
    }

    /// <summary>Charges a call that is about to run.</summary>
    /// <returns>Why it can't be charged; null where it was.</returns>
    public async ValueTask<VerdictReason?> ChargeAsync(SlotTerms terms)
    {
        try
        {
            return await _deadline.WaitAsync(store.TryChargeAsync(terms.Budgets, CancellationToken.None), CancellationToken.None).ConfigureAwait(false) ? null : Reasons.BudgetExhausted;
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    /// <summary>Charges a call that was refused or waits for a person. What no longer fits isn't counted further.</summary>
    public async ValueTask ChargeRefusedAsync(SlotTerms terms)
    {
        try
        {
            foreach (IReadOnlyList<BudgetCharge> one in terms.EachRefusedBudget)
            {
                await _deadline.WaitAsync(store.TryChargeAsync(one, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Failed(e); // The call is refused as it is.
        }
    }

    private VerdictReason Failed(Exception e)
    {
        Log.StoreFailed(logger, store.GetType().Name, e);
        return Reasons.StoreUnavailable;
    }
}
