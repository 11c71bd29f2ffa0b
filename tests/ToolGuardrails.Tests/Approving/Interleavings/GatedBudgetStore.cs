namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A budget that has always room, and lets others have a turn: between the use of an approval and the record of the decision. Where nobody approves the call, that of the elevation's use comes next anyway.</summary>
internal sealed class GatedBudgetStore(Play play) : IBudgetStore
{
    public ValueTask<bool> HasRoomAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken) => new(true);

    public ValueTask<bool> TryChargeAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken) =>
        !play.IsApproved ? new(true) : play.StepAsync("charge", static () => new ValueTask<bool>(true), static _ => "");
}
