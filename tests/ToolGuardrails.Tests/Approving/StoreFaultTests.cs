using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>Law 5: a store that fails, or doesn't answer, has consented to nothing.</summary>
public sealed class StoreFaultTests
{
    private readonly Payments _payments = new();

    public static TheoryData<string, bool> AskingFaults() => new()
    {
        { nameof(IApprovalStore.TryAddAsync), false },
        { nameof(IApprovalStore.TryAddAsync), true },
        { nameof(IApprovalStore.FindLatestAsync), false },
        { nameof(IApprovalStore.FindLatestAsync), true },
        { nameof(IApprovalStore.FindLastApprovedAsync), false },
        { nameof(IApprovalStore.FindLastApprovedAsync), true },
    };

    [Theory]
    [MemberData(nameof(AskingFaults))]
    public async Task A_call_that_cannot_be_asked_for_is_denied(string operation, bool hangs)
    {
        var store = new FailingApprovalStore(_payments.Approvals) { Fails = operation, Hangs = hangs };
        await using GovernedHost host = _payments.Host(o =>
        {
            o.ApprovalStore = store;
            o.Approver = Words.Approves();
        });

        ToolOutcome<string> outcome = await InTimeAsync(host, host.Session().InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done));

        Assert.Equal((Effect.Deny, false), (outcome.Decision.Effect, outcome.Executed));
        Assert.Equal(DecisionCodes.StoreUnavailable, outcome.Decision.Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_approval_that_cannot_be_used_up_runs_nothing(bool hangs)
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        var store = new FailingApprovalStore(_payments.Approvals);
        await using GovernedHost host = _payments.Host(o => o.ApprovalStore = store);
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        (store.Fails, store.Hangs) = (nameof(IApprovalStore.TryReplaceAsync), hangs);

        ToolOutcome<string> outcome = await InTimeAsync(host, Payments.ResumeAsync(host, id));

        Assert.Equal((DecisionCodes.StoreUnavailable, false), (outcome.Decision.Code, outcome.Executed));
        store.Fails = null;
        Assert.True((await Payments.ResumeAsync(host, id)).HasValue); // It wasn't used.
    }

    [Theory]
    [InlineData(nameof(IApprovalStore.FindAsync))]
    [InlineData(nameof(IApprovalStore.TryReplaceAsync))]
    public async Task An_answer_in_the_process_that_cannot_be_kept_is_none(string operation)
    {
        var store = new FailingApprovalStore(_payments.Approvals);
        await using GovernedHost host = _payments.Host(o =>
        {
            o.ApprovalStore = store;
            o.Approver = Words.Approves(_ => store.Fails = operation);
        });

        ToolOutcome<string> outcome = await host.Session().InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done);

        Assert.Equal((DecisionCodes.StoreUnavailable, false), (outcome.Decision.Code, outcome.Executed));
    }

    [Fact]
    public async Task A_tool_that_has_run_keeps_its_result_though_its_end_cannot_be_kept()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        var store = new FailingApprovalStore(_payments.Approvals);
        await using GovernedHost host = _payments.Host(o => o.ApprovalStore = store);
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));

        ToolOutcome<string> outcome = await host.Pipeline.ResumeAsync(id, ValueTask<string> (_, _) =>
        {
            store.Fails = nameof(IApprovalStore.TryReplaceAsync);
            return new("paid");
        });

        Assert.Equal("paid", outcome.Value);
        store.Fails = null;
        Assert.Equal(ApprovalStatus.Started, (await host.Pipeline.Approvals.FindAsync(id))!.Status);
        Assert.Equal(DecisionCodes.ApprovalOutcomeUnknown, (await Payments.ResumeAsync(host, id)).Decision.Code);
    }

    // Nothing before the store makes the call wait, so that it waits for the store as soon as it is made.
    private static async Task<ToolOutcome<string>> InTimeAsync(GovernedHost host, ValueTask<ToolOutcome<string>> calling)
    {
        Task<ToolOutcome<string>> call = calling.AsTask();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        return await call;
    }

    private sealed class FailingApprovalStore(IApprovalStore inner) : IApprovalStore
    {
        public string? Fails { get; set; }

        public bool Hangs { get; set; }

        public ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken) => OrFail(nameof(TryAddAsync), () => inner.TryAddAsync(approval, cancellationToken));

        public ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken) => OrFail(nameof(TryReplaceAsync), () => inner.TryReplaceAsync(next, cancellationToken));

        public ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken) => OrFail(nameof(FindAsync), () => inner.FindAsync(id, cancellationToken));

        public ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken) => OrFail(nameof(FindLatestAsync), () => inner.FindLatestAsync(digest, cancellationToken));

        public ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken) =>
            OrFail(nameof(FindLastApprovedAsync), () => inner.FindLastApprovedAsync(agent, tool, tenant, cancellationToken));

        public ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken) =>
            OrFail(nameof(ReadAsync), () => inner.ReadAsync(filter, most, cancellationToken));

        private ValueTask<T> OrFail<T>(string operation, Func<ValueTask<T>> otherwise)
        {
            if (Fails != operation)
            {
                return otherwise();
            }

            return Hangs ? new(new TaskCompletionSource<T>().Task) : throw new IOException("The disk is gone.");
        }
    }
}
