namespace ToolGuardrails.Sqlite;

/// <summary>The approval requests of a store. Closed ones stay in the table.</summary>
/// <remarks>A state is a revision: each change names the one that it replaces, in the statement that writes, so of many processes one wins.</remarks>
internal sealed class ApprovalTable : IApprovalStore
{
    private const string Columns = "id, digest, revision, open, unrecorded, agent, tool, tenant, requested_at, approved_at, content";

    private readonly string _path;
    private readonly StoreConnection _reader, _writer;
    private readonly Statement _insert, _replace, _find, _latest, _lastApproved, _all, _open, _unrecorded;

    public ApprovalTable(string path, StoreConnection reader, StoreConnection writer)
    {
        _path = path;
        _reader = reader;
        _writer = writer;
        _insert = writer.Prepare($"INSERT INTO approvals ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING RETURNING 1");

        // Ignored is what would open a second request of a digest.
        _replace = writer.Prepare("UPDATE OR IGNORE approvals SET revision = ?2, open = ?3, unrecorded = ?4, approved_at = ?5, content = ?6 WHERE id = ?1 AND revision = ?2 - 1 RETURNING 1");
        _find = Select("WHERE id = ?1");
        _latest = Select("WHERE digest = ?1 ORDER BY position DESC LIMIT 1");
        _lastApproved = Select("WHERE approved_at IS NOT NULL AND agent = ?1 AND tool = ?2 AND tenant IS ?3 ORDER BY approved_at DESC, position DESC LIMIT 1");
        _all = Select("ORDER BY position DESC LIMIT ?1");
        _open = Select("WHERE open = 1 ORDER BY position DESC LIMIT ?1");
        _unrecorded = Select("WHERE unrecorded = 1 ORDER BY position DESC LIMIT ?1");
    }

    public ValueTask<bool> TryAddAsync(StoredApproval approval, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(approval);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_writer.Write((Table: this, a: approval), static s => s.Table.Insert(s.a)));
    }

    public ValueTask<bool> TryReplaceAsync(StoredApproval next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(next);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_writer.Write((_replace, next), static s => s._replace.Bind(1, s.next.Id).Bind(2, s.next.Revision).Bind(3, s.next.IsOpen ? 1 : 0)
            .Bind(4, s.next.IsUnrecorded ? 1 : 0).Bind(5, Written(s.next.ApprovedAt)).Bind(6, s.next.Content).TryRun()));
    }

    public ValueTask<StoredApproval?> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(Read(_find, s => s.Bind(1, id), cancellationToken).FirstOrDefault());
    }

    public ValueTask<StoredApproval?> FindLatestAsync(string digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return new(Read(_latest, s => s.Bind(1, digest), cancellationToken).FirstOrDefault());
    }

    public ValueTask<StoredApproval?> FindLastApprovedAsync(string agent, string tool, string? tenant, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(tool);
        return new(Read(_lastApproved, s => s.Bind(1, agent).Bind(2, tool).Bind(3, tenant), cancellationToken).FirstOrDefault());
    }

    public ValueTask<IReadOnlyList<StoredApproval>> ReadAsync(StoredApprovalFilter filter, int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        Statement select = filter switch
        {
            StoredApprovalFilter.Open => _open,
            StoredApprovalFilter.Unrecorded => _unrecorded,
            _ => _all,
        };
        List<StoredApproval> last = Read(select, s => s.Bind(1, most), cancellationToken);
        last.Reverse();
        return new(last);
    }

    private Statement Select(string which) => _reader.Prepare($"SELECT {Columns} FROM approvals {which}");

    private List<StoredApproval> Read(Statement select, Action<Statement> bind, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _reader.Read(select, bind, Row);
    }

    private bool Insert(StoredApproval a) =>
        _insert.Bind(1, a.Id).Bind(2, a.Digest).Bind(3, a.Revision).Bind(4, a.IsOpen ? 1 : 0).Bind(5, a.IsUnrecorded ? 1 : 0).Bind(6, a.Agent).Bind(7, a.Tool).Bind(8, a.Tenant)
            .Bind(9, Written(a.RequestedAt)).Bind(10, Written(a.ApprovedAt)).Bind(11, a.Content).TryRun();

    private StoredApproval Row(Statement row)
    {
        try
        {
            return new StoredApproval
            {
                Id = row.Text(0)!,
                Digest = row.Text(1)!,
                Revision = row.Integer(2),
                IsOpen = row.Integer(3) != 0,
                IsUnrecorded = row.Integer(4) != 0,
                Agent = row.Text(5)!,
                Tool = row.Text(6)!,
                Tenant = row.Text(7),
                RequestedAt = StoreTime.Read(row.Text(8)),
                ApprovedAt = row.Text(9) is { } at ? StoreTime.Read(at) : null,
                Content = row.Blob(10),
            };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // Whether it was approved isn't known, so nothing runs by it.
            throw StoreErrors.Damaged(_path, $"an approval request can't be read ({e.Message})");
        }
    }

    private static string? Written(DateTimeOffset? time) => time is { } t ? StoreTime.Written(t) : null;
}
