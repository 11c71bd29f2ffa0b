namespace ToolGuardrails.Sqlite;

/// <summary>The grants of a store. Those that have ended stay in the table.</summary>
/// <remarks>What a change depends on is asked in the statement that writes: the revision that it replaces, and for a use, whether the grant is in force and how often it was used.</remarks>
internal sealed class GrantTable : IGrantStore
{
    private const string Columns = "id, revision, in_force, uses, content";

    private readonly string _path;
    private readonly StoreConnection _reader, _writer;
    private readonly ChangeCounter _changes;
    private readonly Statement _insert, _replace, _use, _find, _inForce, _all;

    public GrantTable(string path, StoreConnection reader, StoreConnection writer)
    {
        _path = path;
        _reader = reader;
        _writer = writer;
        _changes = new ChangeCounter(path, reader, "grant_changes");
        _insert = writer.Prepare($"INSERT INTO grants ({Columns}) VALUES (?1, ?2, ?3, 0, ?4) ON CONFLICT DO NOTHING RETURNING 1");
        _replace = writer.Prepare("UPDATE grants SET revision = ?2, in_force = ?3, content = ?4 WHERE id = ?1 AND revision = ?2 - 1 AND in_force >= ?3 RETURNING 1");
        _use = writer.Prepare("UPDATE grants SET uses = uses + 1 WHERE id = ?1 AND in_force = 1 AND uses < ?2 RETURNING 1");
        _find = reader.Prepare($"SELECT {Columns} FROM grants WHERE id = ?1");
        _inForce = reader.Prepare($"SELECT {Columns} FROM grants WHERE in_force = 1 ORDER BY position");
        _all = reader.Prepare($"SELECT {Columns} FROM grants ORDER BY position DESC LIMIT ?1");
    }

    public long ReadVersion() => _changes.Read();

    public IReadOnlyList<StoredGrant> ReadInForce() => _reader.Read(_inForce, static _ => { }, Row);

    public ValueTask<bool> TryAddAsync(StoredGrant grant, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grant);
        cancellationToken.ThrowIfCancellationRequested();
        return new(Write(_insert, grant));
    }

    public ValueTask<bool> TryReplaceAsync(StoredGrant next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(next);
        cancellationToken.ThrowIfCancellationRequested();
        return new(Write(_replace, next));
    }

    public ValueTask<bool> TryUseAsync(string id, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_writer.Write((_use, id, most), static s => s._use.Bind(1, s.id).Bind(2, s.most).TryRun()));
    }

    public ValueTask<StoredGrant?> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_reader.Read(_find, s => s.Bind(1, id), Row).FirstOrDefault());
    }

    public ValueTask<IReadOnlyList<StoredGrant>> ReadAsync(int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        cancellationToken.ThrowIfCancellationRequested();
        List<StoredGrant> last = _reader.Read(_all, s => s.Bind(1, most), Row);
        last.Reverse();
        return new(last);
    }

    private bool Write(Statement statement, StoredGrant grant) => _writer.Write((statement, grant), static s =>
        s.statement.Bind(1, s.grant.Id).Bind(2, s.grant.Revision).Bind(3, s.grant.IsInForce ? 1 : 0).Bind(4, s.grant.Content).TryRun());

    private StoredGrant Row(Statement row)
    {
        try
        {
            return new StoredGrant { Id = row.Text(0)!, Revision = row.Integer(1), IsInForce = row.Integer(2) != 0, Uses = (int)row.Integer(3), Content = row.Blob(4) };
        }
        catch (ArgumentException e)
        {
            throw StoreErrors.Damaged(_path, $"a grant can't be read ({e.Message})");
        }
    }
}
