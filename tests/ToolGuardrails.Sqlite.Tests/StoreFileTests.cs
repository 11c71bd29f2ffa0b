namespace ToolGuardrails.Tests.Stores;

/// <summary>The file: what is opened, what is refused, and what happens to it under a running host.</summary>
public sealed class StoreFileTests : IDisposable
{
    private static readonly Principal Ada = new("https://id.example", "ada");
    private static readonly BudgetCharge[] Charges = [new("agent:a", 3, TimeSpan.FromMinutes(1))];
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public StoreFileTests() => _path = _folder.Combine("store.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Suspensions_and_budgets_survive_a_restart()
    {
        var time = new FakeTime();
        Suspension one = Some(), two = Some();
        using (SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path, time))
        {
            await store.AddAsync(one, default);
            await store.AddAsync(two, default);
            Assert.True(await store.TryLiftAsync(one.Id, new SuspensionLift(Ada, "repaired", DateTimeOffset.UnixEpoch), default));
            Assert.True(await store.TryChargeAsync(Charges, default));
        }

        time.Advance(TimeSpan.FromSeconds(59));
        using SqliteGuardrailStore again = SqliteGuardrailStore.Open(_path, time);
        Assert.Equal([(one.Id, false), (two.Id, true)], again.Read().Select(static s => (s.Id, s.IsInForce)));
        Assert.Equal(new BudgetCounter("agent:a", 1, 3, time.GetUtcNow().AddSeconds(-59), TimeSpan.FromMinutes(1)), Assert.Single(again.ReadBudgets()));
        Assert.Equal(_path, again.Path);
    }

    [Fact]
    public async Task Many_lifted_ones_stay_in_the_file_and_the_last_256_are_read()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        Suspension inForce = Some();
        await store.AddAsync(inForce, default);
        for (int i = 0; i < 258; i++)
        {
            Suspension lifted = Some();
            await store.AddAsync(lifted.LiftedBy(new SuspensionLift(Ada, $"number {i}", DateTimeOffset.UnixEpoch.AddSeconds(i))), default);
        }

        Assert.Equal(257, store.Read().Count);
        Assert.Equal(inForce.Id, store.Read()[0].Id);
        Assert.Equal("number 2", store.Read()[1].Lifted!.Reason);
        Assert.Equal("259", Sql.Query(_path, "SELECT count(*) FROM suspensions"));
    }

    [Fact]
    public void The_files_and_a_new_folder_are_the_owners_only()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string path = _folder.Combine("new", "store.db");
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(path);
        foreach (string file in new[] { path, path + "-wal", path + "-shm" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Combine("new")));
    }

    [Fact]
    public void A_file_that_everybody_can_reach_is_refused_and_one_for_a_group_is_not()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        SqliteGuardrailStore.OpenOrCreate(_path).Dispose();
        const UnixFileMode Group = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(_path, Group | UnixFileMode.OtherRead);
        Assert.Contains($"chmod o= '{_path}'", Assert.Throws<UnauthorizedAccessException>(() => SqliteGuardrailStore.Open(_path)).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(_path, Group);
        SqliteGuardrailStore.Open(_path).Dispose();
    }

    [Fact]
    public void A_missing_file_is_made_only_on_demand()
    {
        Assert.Contains(_path, Assert.Throws<FileNotFoundException>(() => SqliteGuardrailStore.Open(_path)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_path));
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => SqliteGuardrailStore.OpenOrCreate(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_others_are_refused_and_left_as_they_are()
    {
        File.WriteAllText(_path, "not a database, but long enough to look like one: " + new string('x', 2000));
        string foreign = _folder.Combine("foreign.db"), empty = _folder.Combine("empty.db");
        Sql.Query(foreign, "CREATE TABLE store (one INTEGER PRIMARY KEY, version INTEGER, suspension_changes INTEGER)");
        File.WriteAllBytes(empty, []);
        foreach (string file in new[] { _path, foreign, empty })
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            byte[] before = File.ReadAllBytes(file);
            Assert.Equal($"The file '{file}' isn't a store of ToolGuardrails, and was left as it is; give another path.", Assert.Throws<InvalidDataException>(() => SqliteGuardrailStore.OpenOrCreate(file)).Message);
            Assert.Equal(before, File.ReadAllBytes(file));
        }
    }

    [Theory]
    [InlineData("UPDATE store SET version = 3", "newer version")]
    [InlineData("UPDATE store SET version = 0", "is damaged: it doesn't say which version")]
    [InlineData("DELETE FROM store", "is damaged: it doesn't say which version")]
    [InlineData("DROP TABLE store", "is damaged: it has no 'store'")]
    [InlineData("DROP TABLE suspensions", "is damaged: it has no 'suspensions'")]
    [InlineData("DROP TRIGGER suspension_changed", "is damaged: it has no 'suspension_changed'")]
    [InlineData("DROP TABLE approvals", "is damaged: it has no 'approvals'")]
    [InlineData("DROP INDEX approvals_open", "is damaged: it has no 'approvals_open'")]
    [InlineData("DROP TABLE grants", "is damaged: it has no 'grants'")]
    [InlineData("DROP TRIGGER grant_changed", "is damaged: it has no 'grant_changed'")]
    public void A_store_of_another_version_or_a_damaged_one_is_refused(string sql, string part)
    {
        SqliteGuardrailStore.OpenOrCreate(_path).Dispose();
        Sql.Query(_path, sql);
        Assert.Contains(part, Assert.Throws<InvalidDataException>(() => SqliteGuardrailStore.Open(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_by_another_tool_is_seen_and_a_row_that_cannot_be_read_denies()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        await store.AddAsync(Some(), default);
        long before = store.ReadVersion();
        Sql.Query(_path, "UPDATE suspensions SET since = 'yesterday'");
        Assert.NotEqual(before, store.ReadVersion());
        Assert.Contains("a suspension can't be read", Assert.Throws<InvalidDataException>(store.Read).Message, StringComparison.Ordinal);
        before = store.ReadVersion();
        Sql.Query(_path, "DELETE FROM suspensions");
        Assert.NotEqual(before, store.ReadVersion());
        Assert.Empty(store.Read());
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("replaced")]
    [InlineData("index deleted")]
    public async Task A_file_that_is_lost_under_a_running_host_denies_for_good(string how)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // There nobody can.
        }

        string fresh = _folder.Combine("fresh.db");
        SqliteGuardrailStore.OpenOrCreate(fresh).Dispose();
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        await store.AddAsync(Some(), default);
        switch (how)
        {
            case "deleted":
                File.Delete(_path);
                break;
            case "replaced":
                File.Move(fresh, _path, overwrite: true);
                break;
            default:
                File.Delete(_path + "-shm");
                break;
        }

        await AssertLostAsync(store);

        // What comes back later isn't what was open.
        if (how == "index deleted")
        {
            File.WriteAllBytes(_path + "-shm", []);
        }

        await AssertLostAsync(store);
    }

    [Fact]
    public async Task A_store_that_somebody_holds_locked_is_read_and_everything_else_throws()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        await store.AddAsync(Some(), default);
        using (Sql.Lock(_path))
        {
            Assert.Single(store.Read());
            Assert.Contains("is locked", (await Assert.ThrowsAsync<IOException>(async () => await store.TryChargeAsync(Charges, default))).Message, StringComparison.Ordinal);
        }

        Assert.True(await store.TryChargeAsync(Charges, default));
    }

    [Fact]
    public async Task A_lone_surrogate_is_refused_and_nothing_is_kept()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.AddAsync(new Suspension { Id = "\ud800", Target = default, By = Ada, Reason = "r", Since = default }, default));
        Assert.Empty(store.Read());
        await store.AddAsync(Some(), default);
        Assert.Single(store.Read());
    }

    [Fact]
    public async Task A_closed_store_throws()
    {
        SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.ReadVersion());
        Assert.Throws<ObjectDisposedException>(store.Read);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AddAsync(Some(), default));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.TryChargeAsync(Charges, default));
    }

    [Fact]
    public async Task A_lift_whose_reason_does_not_hold_changes_nothing()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        Suspension one = Some();
        await store.AddAsync(one, default);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.TryLiftAsync(one.Id, new SuspensionLift(Ada, " ", default), default));
        Assert.True(Assert.Single(store.Read()).IsInForce);
        Assert.True(await store.TryLiftAsync(one.Id, new SuspensionLift(Ada, "repaired", default), default));
    }

    [Fact]
    public void Reading_the_version_allocates_nothing()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        for (int i = 0; i < 200; i++)
        {
            store.ReadVersion();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            store.ReadVersion();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Suspension Some() => Suspension.Create(SuspensionTarget.All, Ada, "It repeats itself.", DateTimeOffset.UnixEpoch);

    private static async Task AssertLostAsync(SqliteGuardrailStore store)
    {
        Assert.Contains("was deleted or replaced while it was open", Assert.Throws<IOException>(() => store.ReadVersion()).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(store.Read);
        await Assert.ThrowsAsync<IOException>(async () => await store.AddAsync(Some(), default));
        await Assert.ThrowsAsync<IOException>(async () => await store.HasRoomAsync(Charges, default));
        await Assert.ThrowsAsync<IOException>(async () => await store.TryChargeAsync(Charges, default));
    }
}
