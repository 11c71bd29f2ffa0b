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

    [Theory]
    [InlineData(ApprovalFault.CutsTexts, "reads back every member as it was added")]
    [InlineData(ApprovalFault.CutsContent, "reads back every member as it was added")]
    [InlineData(ApprovalFault.RoundsTimes, "reads back every member as it was added")]
    [InlineData(ApprovalFault.TakesDuplicates, "refuses an id that is taken")]
    [InlineData(ApprovalFault.TakesSecondOpen, "has one open request of a digest")]
    [InlineData(ApprovalFault.ClosedBlocks, "has one open request of a digest")]
    [InlineData(ApprovalFault.OpensSecond, "has one open request of a digest")]
    [InlineData(ApprovalFault.LatestIsLastChanged, "finds the request of a digest that was added last")]
    [InlineData(ApprovalFault.ReplacesLater, "replaces the revision before, and no other")]
    [InlineData(ApprovalFault.ReplacesSame, "replaces the revision before, and no other")]
    [InlineData(ApprovalFault.ReplacesUnknown, "replaces the revision before, and no other")]
    [InlineData(ApprovalFault.NoTenantIsEmpty, "finds what was approved last for an agent, a tool and a tenant")]
    [InlineData(ApprovalFault.LastApprovedIsLastAdded, "finds what was approved last for an agent, a tool and a tenant")]
    [InlineData(ApprovalFault.ReadsFirst, "reads what the filter names, the last ones in order")]
    [InlineData(ApprovalFault.ReadsNewestFirst, "reads what the filter names, the last ones in order")]
    [InlineData(ApprovalFault.IgnoresFilter, "reads what the filter names, the last ones in order")]
    [InlineData(ApprovalFault.IgnoresCancellation, "does nothing where the token is cancelled")]
    public async Task A_faulty_approval_store_is_found(ApprovalFault fault, string check)
    {
        GuardrailAssertionException found = await Assert.ThrowsAsync<GuardrailAssertionException>(() => ApprovalStoreContract.VerifyAsync(() => new FaultyApprovalStore(fault)));
        Assert.Contains($"\n- {check}: ", found.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ApprovalFault.RacesOnAdd, "takes one of many requests of a digest at once")]
    [InlineData(ApprovalFault.RacesOnReplace, "lets one of many replace a revision at once")]
    public async Task An_approval_store_that_races_is_found(ApprovalFault fault, string check) =>
        await Assert.ThrowsAsync<GuardrailAssertionException>(() => ApprovalStoreContract.CheckAsync(check, () => new FaultyApprovalStore(fault)));

    [Fact]
    public Task The_same_approval_store_without_a_fault_is_not() => ApprovalStoreContract.VerifyAsync(static () => new FaultyApprovalStore(ApprovalFault.None));

    [Theory]
    [InlineData(GrantFault.CutsContent, "reads back every member as it was added")]
    [InlineData(GrantFault.BelievesUses, "reads back every member as it was added")]
    [InlineData(GrantFault.TakesDuplicates, "refuses an id that is taken")]
    [InlineData(GrantFault.KeepsVersionOnReplace, "has another version after each change, and the same without one")]
    [InlineData(GrantFault.ChangesVersionOnUse, "has another version after each change, and the same without one")]
    [InlineData(GrantFault.ReadsEnded, "reads what is in force, and the last ones of all, in order")]
    [InlineData(GrantFault.ReadsNewestFirst, "reads what is in force, and the last ones of all, in order")]
    [InlineData(GrantFault.ReplacesLater, "replaces the revision before, and no other")]
    [InlineData(GrantFault.ReplacesSame, "replaces the revision before, and no other")]
    [InlineData(GrantFault.OneTooMany, "counts uses as often as it may, and no further")]
    [InlineData(GrantFault.LosesUses, "keeps what is counted when a grant is replaced")]
    [InlineData(GrantFault.UsesEnded, "lets nobody use a grant that has ended, and brings none back")]
    [InlineData(GrantFault.BringsBack, "lets nobody use a grant that has ended, and brings none back")]
    [InlineData(GrantFault.EndsLate, "lets nobody use a grant once its end is acknowledged, while many use it")]
    [InlineData(GrantFault.IgnoresCancellation, "does nothing where the token is cancelled")]
    public async Task A_faulty_grant_store_is_found(GrantFault fault, string check)
    {
        GuardrailAssertionException found = await Assert.ThrowsAsync<GuardrailAssertionException>(() => GrantStoreContract.VerifyAsync(() => new FaultyGrantStore(fault)));
        Assert.Contains($"\n- {check}: ", found.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GrantFault.RacesOnReplace, "lets one of many replace a revision at once")]
    [InlineData(GrantFault.RacesOnUse, "lets as many of many use a grant at once as there are uses left")]
    [InlineData(GrantFault.RacesOnEnd, "lets nobody use a grant once its end is acknowledged, while many use it")]
    public async Task A_grant_store_that_races_is_found(GrantFault fault, string check) =>
        await Assert.ThrowsAsync<GuardrailAssertionException>(() => GrantStoreContract.CheckAsync(check, () => new FaultyGrantStore(fault)));

    [Fact]
    public Task The_same_grant_store_without_a_fault_is_not() => GrantStoreContract.VerifyAsync(static () => new FaultyGrantStore(GrantFault.None));
}
