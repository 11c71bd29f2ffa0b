namespace ToolGuardrails.Tests.Stores;

/// <summary>Each check of the contracts can fail: stores with one fault each are found by the check that is about it.</summary>
public sealed class BrokenStoreTests
{
    [Theory]
    [InlineData(SuspensionFault.ForgetsSubject, "reads back every member as it was added")]
    [InlineData(SuspensionFault.CutsReason, "reads back every member as it was added")]
    [InlineData(SuspensionFault.KeepsVersionOnLift, "has another version after each change, and the same without one")]
    [InlineData(SuspensionFault.ChangesVersionAlways, "has another version after each change, and the same without one")]
    [InlineData(SuspensionFault.TakesDuplicates, "refuses an id that is taken")]
    [InlineData(SuspensionFault.LiftsTwice, "lifts what is in force, once")]
    [InlineData(SuspensionFault.LetsAgentsLift, "lets no agent lift, and not the subject")]
    [InlineData(SuspensionFault.LetsSubjectLift, "lets no agent lift, and not the subject")]
    [InlineData(SuspensionFault.ForgetsLifted, "still says who lifted a suspension, when and why")]
    [InlineData(SuspensionFault.IgnoresCancellation, "does nothing where the token is cancelled")]
    public async Task A_faulty_suspension_store_is_found(SuspensionFault fault, string check)
    {
        GuardrailAssertionException found = await Assert.ThrowsAsync<GuardrailAssertionException>(() => SuspensionStoreContract.VerifyAsync(() => new FaultySuspensionStore(fault)));
        Assert.Contains($"\n- {check}: ", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task The_same_suspension_store_without_a_fault_is_not() => SuspensionStoreContract.VerifyAsync(static () => new FaultySuspensionStore(SuspensionFault.None));

    [Fact]
    public async Task A_suspension_store_that_races_is_found() =>
        await Assert.ThrowsAsync<GuardrailAssertionException>(static () => SuspensionStoreContract.CheckAsync("takes changes from many callers at once", static () => new FaultySuspensionStore(SuspensionFault.Races)));

    [Theory]
    [InlineData(BudgetFault.OneTooMany, "charges up to the limit and no further")]
    [InlineData(BudgetFault.ChargesSome, "charges all counters of a call or none")]
    [InlineData(BudgetFault.IgnoresCase, "counts each counter by itself")]
    [InlineData(BudgetFault.AskingTakes, "asks for room without taking it")]
    [InlineData(BudgetFault.FixedWindows, "begins a window with its first call")]
    [InlineData(BudgetFault.SlidesWindow, "begins a window with its first call")]
    [InlineData(BudgetFault.NeverAnew, "begins the next window with a call after the last one is over")]
    [InlineData(BudgetFault.AnewOnSetBack, "begins no new window when the clock is set back")]
    [InlineData(BudgetFault.WaitsForClock, "begins no new window when the clock is set back")]
    public async Task A_faulty_budget_store_is_found(BudgetFault fault, string check)
    {
        GuardrailAssertionException found = await Assert.ThrowsAsync<GuardrailAssertionException>(() => BudgetStoreContract.VerifyAsync(time => new FaultyBudgetStore(fault, time)));
        Assert.Contains($"\n- {check}: ", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_store_that_races_is_found() =>
        await Assert.ThrowsAsync<GuardrailAssertionException>(static () => BudgetStoreContract.CheckAsync("keeps the limit when many call at once", static time => new FaultyBudgetStore(BudgetFault.Races, time)));

    [Fact]
    public Task The_same_budget_store_without_a_fault_is_not() => BudgetStoreContract.VerifyAsync(static time => new FaultyBudgetStore(BudgetFault.None, time));
}
