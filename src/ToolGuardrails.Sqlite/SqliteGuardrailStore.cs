using ToolGuardrails.Sqlite;

namespace ToolGuardrails;

/// <summary>Keeps suspensions, approval requests, grants and budgets in a SQLite file: they survive restarts, and the processes of a machine that open the same file share them.</summary>
/// <remarks>
/// Safe for many threads and processes. Whatever goes wrong is thrown, and so denies calls (law 5): an <see cref="IOException"/> where the file can't be used, an <see cref="InvalidDataException"/> where it isn't a store that this version knows.
/// Every change of a suspension, a request or a grant, and every use of a grant, survives a power cut once it has completed; charges survive the end of the process, and a power cut may undo those of the last moments.
/// Requests and grants are reached through <see cref="IApprovalStore"/> and <see cref="IGrantStore"/>, whose members have names in common.
/// The file has to be on a disk of this machine. It holds the arguments of calls that wait or waited for an approval, in clear.
/// </remarks>
public sealed class SqliteGuardrailStore : ISuspensionStore, IApprovalStore, IGrantStore, IBudgetStore, IDisposable
{
    private readonly StoreConnection _reader, _writer, _counters;
    private readonly SuspensionTable _suspensions;
    private readonly ApprovalTable _approvals;
    private readonly GrantTable _grants;
    private readonly BudgetTable _budgets;

    private SqliteGuardrailStore(string path, TimeProvider? time)
    {
        Path = path;
        string file = StoreFile.Resolve(path);
        StoreFile.CheckRights(file);
        var place = new StoreFile(file);
        var opened = new List<StoreConnection>();
        try
        {
            // Readers wait for nobody, so they have a connection of their own; and charges, which needn't reach the disk, wait for nothing that does.
            opened.Add(_writer = new StoreConnection(file, "FULL", place));
            StoreSchema.Check(_writer, path);
            opened.Add(_reader = new StoreConnection(file, "FULL", place));
            opened.Add(_counters = new StoreConnection(file, "NORMAL", place));
            _suspensions = new SuspensionTable(path, _reader, _writer);
            _approvals = new ApprovalTable(path, _reader, _writer);
            _grants = new GrantTable(path, _reader, _writer);
            _budgets = new BudgetTable(_counters, time ?? TimeProvider.System);
            _ = _suspensions.Read();
            _ = _grants.ReadInForce();
            _ = _writer.Write(0, static _ => true);
        }
        catch
        {
            opened.ForEach(static c => c.Dispose());
            throw;
        }
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>Opens a store that is there. One that an older version made gets this version's tables, and the older version can't open it any more.</summary>
    /// <param name="path">The file; a relative path starts at the current directory.</param>
    /// <param name="time">The clock of the budgets' windows, of which the wall clock counts; null for the system's.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It isn't a store, it is damaged, or a newer version made it.</exception>
    /// <exception cref="UnauthorizedAccessException">On Unix: every user of the machine can reach it.</exception>
    /// <exception cref="IOException">It can't be opened or written.</exception>
    public static SqliteGuardrailStore Open(string path, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = System.IO.Path.GetFullPath(path);
        return File.Exists(full)
            ? new SqliteGuardrailStore(full, time)
            : throw new FileNotFoundException($"There is no store '{full}'; give the file that the host opens, or have one made.", full);
    }

    /// <summary>Opens a store, and makes it first where there is none, with the folders above it: on Unix for this process's user only.</summary>
    /// <param name="path">The file; a relative path starts at the current directory.</param>
    /// <param name="time">The clock of the budgets' windows, of which the wall clock counts; null for the system's.</param>
    /// <exception cref="InvalidDataException">There is a file which isn't a store, is damaged, or was made by a newer version.</exception>
    /// <exception cref="UnauthorizedAccessException">On Unix: every user of the machine can reach it.</exception>
    /// <exception cref="IOException">It can't be made, opened or written.</exception>
    public static SqliteGuardrailStore OpenOrCreate(string path, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            StoreFile.Create(full);
        }

        return new SqliteGuardrailStore(full, time);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file can't be read, or was deleted or replaced while it was open; then it stays so until it is opened anew.</exception>
    public long ReadVersion() => _suspensions.ReadVersion();

    /// <summary>Every suspension in force, and the 256 that were lifted last, in the order in which they were added. Older ones stay in the file.</summary>
    /// <exception cref="InvalidDataException">One of them can't be read.</exception>
    /// <exception cref="IOException">The file can't be read, or was deleted or replaced while it was open.</exception>
    public IReadOnlyList<Suspension> Read() => _suspensions.Read();

    /// <summary>Keeps a suspension. When this completes, it is on disk and in force for everybody who reads the store.</summary>
    /// <param name="suspension">The suspension.</param>
    /// <param name="cancellationToken">Cancels before it begins.</param>
    /// <exception cref="InvalidOperationException">The store has a suspension of this id.</exception>
    /// <exception cref="ArgumentException">A text holds a lone surrogate.</exception>
    /// <exception cref="IOException">It can't be written; then it isn't known whether it is kept.</exception>
    public ValueTask AddAsync(Suspension suspension, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(suspension);
        cancellationToken.ThrowIfCancellationRequested();
        return _suspensions.Add(suspension)
            ? default
            : throw new InvalidOperationException($"The store has a suspension '{suspension.Id}' already; make a new one with Suspension.Create.");
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The reason is empty or too long.</exception>
    /// <exception cref="IOException">It can't be written; then it isn't known whether it is lifted.</exception>
    public ValueTask<bool> TryLiftAsync(string id, SuspensionLift lift, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(lift);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_suspensions.Lift(id, lift));
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file can't be used.</exception>
    public ValueTask<bool> HasRoomAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(charges);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_budgets.HasRoom(charges));
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file can't be used.</exception>
    public ValueTask<bool> TryChargeAsync(IReadOnlyList<BudgetCharge> charges, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(charges);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_budgets.Charge(charges));
    }

    /// <summary>Every counter that was ever charged, by name.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public IReadOnlyList<BudgetCounter> ReadBudgets() => _budgets.Read();

    ValueTask<bool> IApprovalStore.TryAddAsync(StoredApproval approval, CancellationToken cancellationToken) => _approvals.TryAddAsync(approval, cancellationToken);

    ValueTask<bool> IApprovalStore.TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken) => _approvals.TryReplaceAsync(next, cancellationToken);

    ValueTask<StoredApproval?> IApprovalStore.FindAsync(string id, CancellationToken cancellationToken) => _approvals.FindAsync(id, cancellationToken);

    ValueTask<StoredApproval?> IApprovalStore.FindLatestAsync(string digest, CancellationToken cancellationToken) => _approvals.FindLatestAsync(digest, cancellationToken);

    ValueTask<StoredApproval?> IApprovalStore.FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken) => _approvals.FindLastApprovedAsync(agent, tool, tenant, cancellationToken);

    ValueTask<IReadOnlyList<StoredApproval>> IApprovalStore.ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken) => _approvals.ReadAsync(filter, most, cancellationToken);

    long IGrantStore.ReadVersion() => _grants.ReadVersion();

    IReadOnlyList<StoredGrant> IGrantStore.ReadInForce() => _grants.ReadInForce();

    ValueTask<bool> IGrantStore.TryAddAsync(StoredGrant grant, CancellationToken cancellationToken) => _grants.TryAddAsync(grant, cancellationToken);

    ValueTask<bool> IGrantStore.TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken) => _grants.TryReplaceAsync(next, cancellationToken);

    ValueTask<bool> IGrantStore.TryUseAsync(string id, int most, CancellationToken cancellationToken) => _grants.TryUseAsync(id, most, cancellationToken);

    ValueTask<StoredGrant?> IGrantStore.FindAsync(string id, CancellationToken cancellationToken) => _grants.FindAsync(id, cancellationToken);

    ValueTask<IReadOnlyList<StoredGrant>> IGrantStore.ReadAsync(int most, CancellationToken cancellationToken) => _grants.ReadAsync(most, cancellationToken);

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _counters.Dispose();
        _writer.Dispose();
    }
}
