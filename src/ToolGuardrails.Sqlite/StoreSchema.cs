namespace ToolGuardrails.Sqlite;

/// <summary>The tables, and how a file is known to have them.</summary>
/// <remarks>A later version adds tables and raises <see cref="Version"/>; it brings an older store up to it in one transaction. A newer store isn't opened: this version wouldn't know what to obey.</remarks>
internal static class StoreSchema
{
    private const int Version = 1;

    // "TGRD": tells our files from other programs' before anything is changed in them.
    private const int ApplicationId = 0x54475244;

    // 'store' has one row; its 'suspension_changes' grows with every change of a suspension, whoever makes it.
    private static readonly (string Name, string Sql)[] Objects =
    [
        ("store", "CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, suspension_changes INTEGER NOT NULL) STRICT"),
        ("suspensions", """
            CREATE TABLE suspensions (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
                kind TEXT NOT NULL CHECK (kind IN ('all', 'agent', 'tool', 'server', 'tenant')), name TEXT CHECK ((name IS NULL) = (kind = 'all')),
                by_issuer TEXT NOT NULL, by_subject TEXT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL,
                subject_issuer TEXT, subject_subject TEXT CHECK ((subject_subject IS NULL) = (subject_issuer IS NULL)),
                lifted_at TEXT, lifted_by_issuer TEXT CHECK ((lifted_by_issuer IS NULL) = (lifted_at IS NULL)),
                lifted_by_subject TEXT CHECK ((lifted_by_subject IS NULL) = (lifted_at IS NULL)),
                lifted_reason TEXT CHECK ((lifted_reason IS NULL) = (lifted_at IS NULL))) STRICT
            """),
        ("suspension_added", "CREATE TRIGGER suspension_added AFTER INSERT ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END"),
        ("suspension_changed", "CREATE TRIGGER suspension_changed AFTER UPDATE ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END"),
        ("suspension_removed", "CREATE TRIGGER suspension_removed AFTER DELETE ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END"),
        ("budgets", "CREATE TABLE budgets (counter TEXT PRIMARY KEY, began INTEGER NOT NULL, calls INTEGER NOT NULL, most INTEGER NOT NULL, lasts INTEGER NOT NULL) STRICT, WITHOUT ROWID"),
    ];

    /// <summary>Writes a new store into an empty file.</summary>
    public static void Create(string path)
    {
        using var connection = new StoreConnection(path, "FULL", file: null);
        UseLog(connection, path);
        connection.Execute(FormattableString.Invariant($"BEGIN; PRAGMA application_id = {ApplicationId}"));
        foreach ((_, string sql) in Objects)
        {
            connection.Execute(sql);
        }

        connection.Execute(FormattableString.Invariant($"INSERT INTO store VALUES (1, {Version}, 0); COMMIT"));
    }

    /// <summary>Makes sure that a file is a store of this version, before anything is changed in it.</summary>
    public static void Check(StoreConnection connection, string path)
    {
        using Statement application = connection.Prepare("PRAGMA application_id");
        if (!application.Step() || application.Integer(0) != ApplicationId)
        {
            throw StoreErrors.NotAStore(path);
        }

        application.Reset();
        CheckObject(connection, path, Objects[0].Name);
        using Statement version = connection.Prepare("SELECT version FROM store WHERE one = 1");
        long found = version.Step() ? version.Integer(0) : 0;
        version.Reset();
        if (found > Version)
        {
            throw new InvalidDataException(FormattableString.Invariant($"The store '{path}' was made by a newer version of ToolGuardrails: its tables have version {found}, and this version knows {Version}. Use the newer version."));
        }

        if (found < Version)
        {
            throw StoreErrors.Damaged(path, "it doesn't say which version its tables have");
        }

        Array.ForEach(Objects, o => CheckObject(connection, path, o.Name));
        UseLog(connection, path);
    }

    private static void CheckObject(StoreConnection connection, string path, string name)
    {
        using Statement found = connection.Prepare("SELECT 1 FROM sqlite_schema WHERE name = ?1");
        if (!found.Bind(1, name).Step())
        {
            throw StoreErrors.Damaged(path, $"it has no '{name}'");
        }
    }

    // Readers and a writer don't wait for each other then. The file remembers it.
    private static void UseLog(StoreConnection connection, string path)
    {
        using Statement journal = connection.Prepare("PRAGMA journal_mode = WAL");
        if (!journal.Step() || journal.Text(0) != "wal")
        {
            throw new IOException($"The store '{path}' can't have a write-ahead log; put it on a disk of this machine, not on one of the network.");
        }
    }
}
