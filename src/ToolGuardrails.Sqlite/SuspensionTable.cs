namespace ToolGuardrails.Sqlite;

/// <summary>The suspensions of a store. Lifted ones stay in the table; those lifted last are read.</summary>
internal sealed class SuspensionTable
{
    private const int LiftedRead = 256;
    private const string Columns = "id, kind, name, by_issuer, by_subject, reason, since, subject_issuer, subject_subject, lifted_at, lifted_by_issuer, lifted_by_subject, lifted_reason";

    private readonly string _path;
    private readonly StoreConnection _reader, _writer;
    private readonly ChangeCounter _changes;
    private readonly Statement _all, _inForce, _insert, _lift;

    public SuspensionTable(string path, StoreConnection reader, StoreConnection writer)
    {
        _path = path;
        _reader = reader;
        _writer = writer;
        _changes = new ChangeCounter(path, reader, "suspension_changes");
        _all = reader.Prepare(FormattableString.Invariant($"SELECT {Columns} FROM suspensions WHERE lifted_at IS NULL OR position IN (SELECT position FROM suspensions WHERE lifted_at IS NOT NULL ORDER BY lifted_at DESC, position DESC LIMIT {LiftedRead}) ORDER BY position"));
        _inForce = writer.Prepare($"SELECT {Columns} FROM suspensions WHERE id = ?1 AND lifted_at IS NULL");
        _insert = writer.Prepare($"INSERT INTO suspensions ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (id) DO NOTHING RETURNING 1");
        _lift = writer.Prepare("UPDATE suspensions SET lifted_at = ?2, lifted_by_issuer = ?3, lifted_by_subject = ?4, lifted_reason = ?5 WHERE id = ?1");
    }

    public long ReadVersion() => _changes.Read();

    public IReadOnlyList<Suspension> Read() => _reader.Read(_all, static _ => { }, Row);

    /// <summary>Keeps a suspension; false if its id is taken.</summary>
    public bool Add(Suspension suspension) => _writer.Write((Table: this, suspension), static s => s.Table.Insert(s.suspension));

    public bool Lift(string id, SuspensionLift lift) => _writer.Write((Table: this, id, lift), static s =>
    {
        if (s.Table.InForce(s.id) is not { } suspension || !suspension.MayBeLiftedBy(s.lift.By))
        {
            return false;
        }

        SuspensionLift lifted = suspension.LiftedBy(s.lift).Lifted!;
        s.Table._lift.Bind(1, s.id).Bind(2, StoreTime.Written(lifted.At)).Bind(3, lifted.By.Issuer).Bind(4, lifted.By.Subject).Bind(5, lifted.Reason).Run();
        return true;
    });

    private bool Insert(Suspension s) =>
        _insert.Bind(1, s.Id).Bind(2, Word(s.Target.Kind)).Bind(3, s.Target.Name).Bind(4, s.By.Issuer).Bind(5, s.By.Subject).Bind(6, s.Reason).Bind(7, StoreTime.Written(s.Since))
            .Bind(8, s.Subject?.Issuer).Bind(9, s.Subject?.Subject)
            .Bind(10, s.Lifted is { } lifted ? StoreTime.Written(lifted.At) : null).Bind(11, s.Lifted?.By.Issuer).Bind(12, s.Lifted?.By.Subject).Bind(13, s.Lifted?.Reason)
            .TryRun();

    private Suspension? InForce(string id)
    {
        try
        {
            return _inForce.Bind(1, id).Step() ? Row(_inForce) : null;
        }
        finally
        {
            _inForce.Reset();
        }
    }

    private Suspension Row(Statement row)
    {
        try
        {
            return new Suspension
            {
                Id = row.Text(0)!,
                Target = Target(row.Text(1), row.Text(2)),
                By = new Principal(row.Text(3)!, row.Text(4)!),
                Reason = row.Text(5)!,
                Since = StoreTime.Read(row.Text(6)),
                Subject = row.Text(7) is { } issuer ? new Principal(issuer, row.Text(8)!) : null,
                Lifted = row.Text(9) is { } at ? new SuspensionLift(new Principal(row.Text(10)!, row.Text(11)!), row.Text(12)!, StoreTime.Read(at)) : null,
            };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // What was suspended there isn't known, so nothing may run until somebody has looked.
            throw StoreErrors.Damaged(_path, $"a suspension can't be read ({e.Message})");
        }
    }

    private static string Word(SuspensionKind kind) => kind switch
    {
        SuspensionKind.Agent => "agent",
        SuspensionKind.Tool => "tool",
        SuspensionKind.Server => "server",
        SuspensionKind.Tenant => "tenant",
        _ => "all",
    };

    private static SuspensionTarget Target(string? word, string? name) => word switch
    {
        "agent" => SuspensionTarget.Agent(name!),
        "tool" => SuspensionTarget.Tool(name!),
        "server" => SuspensionTarget.Server(name!),
        "tenant" => SuspensionTarget.Tenant(name!),
        "all" => SuspensionTarget.All,
        _ => throw new FormatException($"'{word}' is no kind of target"),
    };
}
