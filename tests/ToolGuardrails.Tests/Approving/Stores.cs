namespace ToolGuardrails.Tests.Approving;

/// <summary>The stores of a test, of one kind. They outlive the hosts.</summary>
internal sealed class Stores : IDisposable
{
    private readonly TemporaryFolder? _folder;
    private readonly List<SqliteGuardrailStore> _opened = [];

    public Stores(StoreKind kind)
    {
        if (kind == StoreKind.Memory)
        {
            (Approvals, Grants, Suspensions) = (new InMemoryApprovalStore(), new InMemoryGrantStore(), new InMemorySuspensionStore());
            return;
        }

        _folder = new TemporaryFolder();
        SqliteGuardrailStore file = Open(_folder);
        (Approvals, Grants, Suspensions) = (file, file, file);
    }

    public IApprovalStore Approvals { get; }

    public IGrantStore Grants { get; }

    public ISuspensionStore Suspensions { get; }

    /// <summary>A host on these stores, unless the test gives it others.</summary>
    public GovernedHost Host(string policy, Action<GuardrailOptions>? configure = null, bool ownSinkOnly = true) => GovernedHost.Start(
        policy,
        o =>
        {
            SqliteGuardrailStore? own = _folder is null ? null : Open(_folder);
            o.ApprovalStore = own ?? Approvals;
            o.GrantStore = own ?? Grants;
            o.SuspensionStore = own ?? Suspensions;
            o.ReloadInterval = TimeSpan.FromHours(1); // Or a test that moves its clock by hours would look at the file for each second of them.
            configure?.Invoke(o);
        },
        ownSinkOnly);

    public void Dispose()
    {
        _opened.ForEach(static s => s.Dispose());
        _folder?.Dispose();
    }

    private SqliteGuardrailStore Open(TemporaryFolder folder)
    {
        SqliteGuardrailStore file = SqliteGuardrailStore.OpenOrCreate(folder.Combine("store.db"));
        _opened.Add(file);
        return file;
    }
}
