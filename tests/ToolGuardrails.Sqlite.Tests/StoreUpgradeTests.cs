namespace ToolGuardrails.Tests.Stores;

/// <summary>A store that version 1 of the tables made, which had neither approvals nor grants.</summary>
public sealed class StoreUpgradeTests : IDisposable
{
    private const string Version1 = """
        PRAGMA journal_mode = WAL;
        BEGIN;
        PRAGMA application_id = 1413960260;
        CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, suspension_changes INTEGER NOT NULL) STRICT;
        CREATE TABLE suspensions (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN ('all', 'agent', 'tool', 'server', 'tenant')), name TEXT CHECK ((name IS NULL) = (kind = 'all')),
            by_issuer TEXT NOT NULL, by_subject TEXT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL,
            subject_issuer TEXT, subject_subject TEXT CHECK ((subject_subject IS NULL) = (subject_issuer IS NULL)),
            lifted_at TEXT, lifted_by_issuer TEXT CHECK ((lifted_by_issuer IS NULL) = (lifted_at IS NULL)),
            lifted_by_subject TEXT CHECK ((lifted_by_subject IS NULL) = (lifted_at IS NULL)),
            lifted_reason TEXT CHECK ((lifted_reason IS NULL) = (lifted_at IS NULL))) STRICT;
        CREATE TRIGGER suspension_added AFTER INSERT ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END;
        CREATE TRIGGER suspension_changed AFTER UPDATE ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END;
        CREATE TRIGGER suspension_removed AFTER DELETE ON suspensions BEGIN UPDATE store SET suspension_changes = suspension_changes + 1; END;
        CREATE TABLE budgets (counter TEXT PRIMARY KEY, began INTEGER NOT NULL, calls INTEGER NOT NULL, most INTEGER NOT NULL, lasts INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO store VALUES (1, 1, 0);
        INSERT INTO suspensions (id, kind, by_issuer, by_subject, reason, since) VALUES ('old', 'all', 'os', 'ada', 'It repeats itself.', '2026-01-05T09:00:00.1234567Z');
        INSERT INTO budgets VALUES ('agent:a', 639032292000000000, 2, 3, 600000000);
        COMMIT
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public StoreUpgradeTests() => _path = _folder.Combine("store.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_older_store_keeps_what_it_has_and_gets_the_tables_that_it_lacks()
    {
        MakeVersion1(_path);
        for (int opened = 0; opened < 2; opened++)
        {
            using SqliteGuardrailStore store = SqliteGuardrailStore.Open(_path);
            Assert.Equal("old", Assert.Single(store.Read()).Id);
            Assert.Equal(1, store.ReadVersion());
            Assert.Equal(2, Assert.Single(store.ReadBudgets()).Calls);
            Assert.Equal(opened == 0, await ((IGrantStore)store).TryAddAsync(new StoredGrant { Id = "g", Revision = 1, IsInForce = true, Content = "{}"u8.ToArray() }, default));
            Assert.Equal(1, ((IGrantStore)store).ReadVersion());
        }

        Assert.Equal("2", Sql.Query(_path, "SELECT version FROM store"));
    }

    [Fact]
    public void An_upgraded_store_has_the_same_tables_as_a_new_one()
    {
        string fresh = _folder.Combine("new.db");
        MakeVersion1(_path);
        SqliteGuardrailStore.Open(_path).Dispose();
        SqliteGuardrailStore.OpenOrCreate(fresh).Dispose();
        const string Schema = "SELECT group_concat(name || ': ' || replace(replace(sql, char(10), ''), ' ', ''), char(10)) FROM (SELECT name, sql FROM sqlite_schema ORDER BY name)";
        Assert.Equal(Sql.Query(fresh, Schema), Sql.Query(_path, Schema));
    }

    [Fact]
    public async Task Many_that_open_an_older_store_at_once_upgrade_it_once()
    {
        const int Many = 8;
        for (int round = 0; round < 5; round++)
        {
            string path = _folder.Combine($"{round}.db");
            MakeVersion1(path);
            using var barrier = new Barrier(Many);
            SqliteGuardrailStore[] stores = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    barrier.SignalAndWait();
                    return SqliteGuardrailStore.Open(path);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            Assert.All(stores, static s => Assert.Empty(((IGrantStore)s).ReadInForce()));
            Array.ForEach(stores, static s => s.Dispose());
            Assert.Equal("ok", Sql.Query(path, "PRAGMA integrity_check"));
        }
    }

    [Theory]
    [InlineData("DROP TABLE budgets", "it has no 'budgets'")]
    [InlineData("CREATE TABLE grants (mine INTEGER)", "already exists")]
    public void An_older_store_that_cannot_be_upgraded_is_left_as_it_is(string sql, string part)
    {
        MakeVersion1(_path);
        Sql.Query(_path, sql);
        Assert.Contains(part, Assert.ThrowsAny<Exception>(() => SqliteGuardrailStore.Open(_path)).Message, StringComparison.Ordinal);
        Assert.Equal("1", Sql.Query(_path, "SELECT version FROM store"));
        Assert.Null(Sql.Query(_path, "SELECT 1 FROM sqlite_schema WHERE name = 'approvals'"));
    }

    internal static void MakeVersion1(string path)
    {
        Sql.Query(path, Version1);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
