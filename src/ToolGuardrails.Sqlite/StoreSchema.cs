namespace ToolGuardrails.Sqlite;

/// <summary>The tables, and how a file is known to have them.</summary>
/// <remarks>A later version adds tables and raises <see cref="Version"/>; it brings an older store up to it in one transaction. A newer store isn't opened: this version wouldn't know what to obey.</remarks>
internal static class StoreSchema
{
    private const int Version = 2;

    // "TGRD": tells our files from other programs' before anything is changed in them.
    private const int ApplicationId = 0x54475244;

    // In the order in which they are made, each with the version that it came with; what a version has made stays as it is here, because stores have it so.
    // 'store' has one row; its 'suspension_changes' grows with every change of a suspension, and its 'grant_changes' with those of grants but not with their uses, whoever makes them.
    private static readonly (int Since, string Name, string Sql)[] Objects =
    [
        (1, "store", "CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, suspension_changes INTEGER NOT NULL) STRICT"),
        (1, "suspensions", """
            CREATE TABLE suspensions (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
                kind TEXT NOT NULL CHECK (kind IN ('all', 'agent', 'tool', 'server', 'tenant')), name TEXT CHECK ((name IS NULL) = (kind = 'all')),
                by_issuer TEXT NOT NULL, by_subject TEXT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL,
                subject_issuer TEXT, subject_subject TEXT CHECK ((subject_subject IS NULL) = (subject_issuer IS NULL)),
                lifted_at TEXT, lifted_by_issuer TEXT CHECK ((lifted_by_issuer IS NULL) = (lifted_at IS NULL)),
                lifted_by_subject TEXT CHECK ((lifted_by_subject IS NULL) = (lifted_at IS NULL)),
                lifted_reason TEXT CHECK ((lifted_reason IS NULL) = (lifted_at IS NULL))) STRICT
            """),
        (1, "suspension_added", "CREATE TRIGGER suspension_added AFTER INSERT ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END"),
        (1, "suspension_changed", "CREATE TRIGGER suspension_changed AFTER UPDATE ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END"),
        (1, "suspension_removed", "CREATE TRIGGER suspension_removed AFTER DELETE ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END"),
        (1, "budgets", "CREATE TABLE budgets (counter TEXT PRIMARY KEY, began INTEGER NOT NULL, calls INTEGER NOT NULL, most INTEGER NOT NULL, lasts INTEGER NOT NULL) STRICT, WITHOUT ROWID"),
        (2, "store", "ALTER TABLE store ADD COLUMN grant_changes INTEGER NOT NULL DEFAULT 0"),
        (2, "approvals", """
            CREATE TABLE approvals (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, revision INTEGER NOT NULL,
                open INTEGER NOT NULL CHECK (open IN (0, 1)), unrecorded INTEGER NOT NULL CHECK (unrecorded IN (0, 1)),
                agent TEXT NOT NULL, tool TEXT NOT NULL, tenant TEXT, requested_at TEXT NOT NULL, approved_at TEXT, content BLOB NOT NULL) STRICT
            """),
        (2, "approvals_open", "CREATE UNIQUE INDEX approvals_open ON approvals (open, digest) WHERE open = 1"),
        (2, "approvals_unrecorded", "CREATE INDEX approvals_unrecorded ON approvals (unrecorded) WHERE unrecorded = 1"),
        (2, "approvals_digest", "CREATE INDEX approvals_digest ON approvals (digest)"),
        (2, "approvals_approved", "CREATE INDEX approvals_approved ON approvals (agent, tool, tenant, approved_at) WHERE approved_at IS NOT NULL"),
        (2, "grants", """
            CREATE TABLE grants (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
                in_force INTEGER NOT NULL CHECK (in_force IN (0, 1)), uses INTEGER NOT NULL CHECK (uses BETWEEN 0 AND 2147483647), content BLOB NOT NULL) STRICT
            """),
        (2, "grants_in_force", "CREATE INDEX grants_in_force ON grants (in_force) WHERE in_force = 1"),
        (2, "grant_added", "CREATE TRIGGER grant_added AFTER INSERT ON grants BEGIN UPDATE store SET grant_changes = grant_changes + 1; END"),
        (2, "grant_changed", "CREATE TRIGGER grant_changed AFTER UPDATE OF position, id, revision, in_force, content ON grants BEGIN UPDATE store SET grant_changes = grant_changes + 1; END"),
        (2, "grant_removed", "CREATE TRIGGER grant_removed AFTER DELETE ON grants BEGIN UPDATE store SET grant_changes = grant_changes + 1; END"),
    ];

    /// <summary>Writes a new store into an empty file.</summary>
    public static void Create(string path)
    {
        using var connection = new StoreConnection(path, "FULL", file: null);
        UseLog(connection, path);
        connection.Execute(FormattableString.Invariant($"BEGIN; PRAGMA application_id = {ApplicationId}"));
        Make(connection, above: 0);
        connection.Execute(FormattableString.Invariant($"INSERT INTO store (one, version, suspension_changes) VALUES (1, {Version}, 0); COMMIT"));
    }

    /// <summary>Makes sure that a file is a store, before anything is changed in it, and brings one of an older version up to this one.</summary>
    public static void Check(StoreConnection connection, string path)
    {
        using Statement application = connection.Prepare("PRAGMA application_id");
        if (!application.Step() || application.Integer(0) != ApplicationId)
        {
            throw StoreErrors.NotAStore(path);
        }

        application.Reset();
        CheckObject(connection, path, Objects[0].Name);
        int found = ReadVersion(connection, path);
        foreach ((_, string name, _) in Objects.Where(o => o.Since <= found))
        {
            CheckObject(connection, path, name);
        }

        UseLog(connection, path);
        if (found < Version)
        {
            _ = connection.Write((connection, path), static s => Upgrade(s.connection, s.path));
        }
    }

    // Asks for the version again, because another process may have been first.
    private static bool Upgrade(StoreConnection connection, string path)
    {
        Make(connection, above: ReadVersion(connection, path));
        connection.Execute(FormattableString.Invariant($"UPDATE store SET version = {Version}"));
        return true;
    }

    private static void Make(StoreConnection connection, int above)
    {
        foreach ((_, _, string sql) in Objects.Where(o => o.Since > above))
        {
            connection.Execute(sql);
        }
    }

    private static int ReadVersion(StoreConnection connection, string path)
    {
        using Statement version = connection.Prepare("SELECT version FROM store WHERE one = 1");
        long found = version.Step() ? version.Integer(0) : 0;
        version.Reset();
        if (found > Version)
        {
            throw new InvalidDataException(FormattableString.Invariant($"The store '{path}' was made by a newer version of ToolGuardrails: its tables have version {found}, and this version knows {Version}. Use the newer version."));
        }

        return found > 0 ? (int)found : throw StoreErrors.Damaged(path, "it doesn't say which version its tables have");
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
