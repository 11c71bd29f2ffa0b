namespace ToolGuardrails.Tests.Stores;

/// <summary>Every store of this repository keeps the contracts.</summary>
public sealed class StoreContractTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> SuspensionChecks => [.. SuspensionStoreContract.Checks];

    public static TheoryData<string> BudgetChecks => [.. BudgetStoreContract.Checks];

    public static TheoryData<string> ApprovalChecks => [.. ApprovalStoreContract.Checks];

    public static TheoryData<string> GrantChecks => [.. GrantStoreContract.Checks];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(SuspensionChecks))]
    public Task Suspensions_in_memory(string check) => SuspensionStoreContract.CheckAsync(check, static () => new InMemorySuspensionStore());

    [Theory]
    [MemberData(nameof(SuspensionChecks))]
    public Task Suspensions_on_disk(string check) => SuspensionStoreContract.CheckAsync(check, () => SqliteGuardrailStore.OpenOrCreate(_folder.Combine("store.db")));

    [Theory]
    [MemberData(nameof(BudgetChecks))]
    public Task Budgets_in_memory(string check) => BudgetStoreContract.CheckAsync(check, static time => new InMemoryBudgetStore(time));

    [Theory]
    [MemberData(nameof(BudgetChecks))]
    public Task Budgets_on_disk(string check) => BudgetStoreContract.CheckAsync(check, time => SqliteGuardrailStore.OpenOrCreate(_folder.Combine("store.db"), time));

    [Theory]
    [MemberData(nameof(ApprovalChecks))]
    public Task Approvals_in_memory(string check) => ApprovalStoreContract.CheckAsync(check, static () => new InMemoryApprovalStore());

    [Theory]
    [MemberData(nameof(ApprovalChecks))]
    public Task Approvals_on_disk(string check) => ApprovalStoreContract.CheckAsync(check, () => SqliteGuardrailStore.OpenOrCreate(_folder.Combine("store.db")));

    [Theory]
    [MemberData(nameof(GrantChecks))]
    public Task Grants_in_memory(string check) => GrantStoreContract.CheckAsync(check, static () => new InMemoryGrantStore());

    [Theory]
    [MemberData(nameof(GrantChecks))]
    public Task Grants_on_disk(string check) => GrantStoreContract.CheckAsync(check, () => SqliteGuardrailStore.OpenOrCreate(_folder.Combine("store.db")));
}
