namespace ToolGuardrails.Tests.Stores;

/// <summary>Approval requests and grants in a file: what survives, and what somebody else does to them.</summary>
public sealed class StoredApprovalTests : IDisposable
{
    private static readonly StoredApproval Request = new()
    {
        Id = "r",
        Digest = "d",
        Revision = 1,
        IsOpen = true,
        IsUnrecorded = true,
        Agent = "a",
        Tool = "t",
        RequestedAt = DateTimeOffset.UnixEpoch,
        Content = "{}"u8.ToArray(),
    };

    private static readonly StoredGrant Grant = new() { Id = "g", Revision = 1, IsInForce = true, Content = "{}"u8.ToArray() };
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public StoredApprovalTests() => _path = _folder.Combine("store.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_grants_and_uses_survive_a_restart()
    {
        using (SqliteGuardrailStore store = await OpenAsync())
        {
            Assert.True(await ((IGrantStore)store).TryUseAsync("g", 2, default));
        }

        using SqliteGuardrailStore again = SqliteGuardrailStore.Open(_path);
        Assert.Equal("r", Assert.Single(await ((IApprovalStore)again).ReadAsync(StoredApprovalFilter.Open, 10, default)).Id);
        Assert.Equal(1, Assert.Single(((IGrantStore)again).ReadInForce()).Uses);
        Assert.False(await ((IGrantStore)again).TryUseAsync("g", 1, default));
    }

    [Fact]
    public async Task A_change_of_a_grant_by_another_tool_is_seen_and_so_is_its_end()
    {
        using SqliteGuardrailStore store = await OpenAsync();
        IGrantStore grants = store;
        long suspensions = store.ReadVersion(), before = grants.ReadVersion();
        Sql.Query(_path, "UPDATE grants SET in_force = 0");
        Assert.NotEqual(before, grants.ReadVersion());
        Assert.Empty(grants.ReadInForce());
        Assert.False(await grants.TryUseAsync("g", 9, default));
        before = grants.ReadVersion();
        Sql.Query(_path, "DELETE FROM grants");
        Assert.NotEqual(before, grants.ReadVersion());
        Assert.Equal(suspensions, store.ReadVersion());
    }

    [Theory]
    [InlineData("UPDATE approvals SET requested_at = 'yesterday'", "an approval request can't be read")]
    [InlineData("UPDATE approvals SET approved_at = ''", "an approval request can't be read")]
    [InlineData("UPDATE approvals SET agent = CAST(x'61ff' AS TEXT)", "an approval request can't be read")]
    public async Task A_request_that_cannot_be_read_is_damage(string sql, string part)
    {
        using SqliteGuardrailStore store = await OpenAsync();
        Sql.Query(_path, sql);
        Assert.Contains(part, (await Assert.ThrowsAsync<InvalidDataException>(async () => await ((IApprovalStore)store).FindAsync("r", default))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await ((IApprovalStore)store).ReadAsync(StoredApprovalFilter.All, 1, default));
    }

    [Fact]
    public async Task A_grant_that_cannot_be_read_is_damage_and_its_store_is_not_opened()
    {
        using (SqliteGuardrailStore store = await OpenAsync())
        {
            Sql.Query(_path, "UPDATE grants SET id = CAST(x'61ff' AS TEXT)");
            Assert.Contains("a grant can't be read", Assert.Throws<InvalidDataException>(((IGrantStore)store).ReadInForce).Message, StringComparison.Ordinal);
        }

        Assert.Throws<InvalidDataException>(() => SqliteGuardrailStore.Open(_path));
    }

    [Fact]
    public async Task A_lost_file_denies_requests_and_grants_too()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // There nobody can lose it.
        }

        using SqliteGuardrailStore store = await OpenAsync();
        File.Delete(_path);
        Assert.Throws<IOException>(() => ((IGrantStore)store).ReadVersion());
        await Assert.ThrowsAsync<IOException>(async () => await ((IGrantStore)store).TryUseAsync("g", 1, default));
        await Assert.ThrowsAsync<IOException>(async () => await ((IApprovalStore)store).FindAsync("r", default));
        await Assert.ThrowsAsync<IOException>(async () => await ((IApprovalStore)store).TryReplaceAsync(Request, default));
    }

    [Fact]
    public async Task Reading_the_version_of_the_grants_allocates_nothing()
    {
        using SqliteGuardrailStore store = await OpenAsync();
        IGrantStore grants = store;
        for (int i = 0; i < 200; i++)
        {
            grants.ReadVersion();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            grants.ReadVersion();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("SELECT id FROM approvals WHERE open = 1 ORDER BY position DESC LIMIT 5", "approvals_open")]
    [InlineData("SELECT id FROM approvals WHERE unrecorded = 1 ORDER BY position DESC LIMIT 5", "approvals_unrecorded")]
    [InlineData("SELECT id FROM approvals WHERE digest = 'd' ORDER BY position DESC LIMIT 1", "approvals_digest")]
    [InlineData("SELECT id FROM approvals WHERE approved_at IS NOT NULL AND agent = 'a' AND tool = 't' AND tenant IS NULL ORDER BY approved_at DESC, position DESC LIMIT 1", "approvals_approved")]
    [InlineData("SELECT id FROM grants WHERE in_force = 1 ORDER BY position", "grants_in_force")]
    public async Task No_lookup_reads_all_that_was_ever_kept(string sql, string index)
    {
        (await OpenAsync()).Dispose();
        Assert.Contains($"INDEX {index} ", Sql.Plan(_path, sql), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_memory_store_forgets_closed_requests_and_ended_grants_but_none_that_matters()
    {
        var approvals = new InMemoryApprovalStore();
        var grants = new InMemoryGrantStore();
        Assert.True(await approvals.TryAddAsync(Request, default));
        Assert.True(await grants.TryAddAsync(Grant, default));
        for (int i = 0; i < 1100; i++)
        {
            Assert.True(await approvals.TryAddAsync(new StoredApproval { Id = $"{i}", Digest = "e", Revision = 1, IsOpen = false, IsUnrecorded = i == 0, Agent = "a", Tool = "t", RequestedAt = default, Content = default }, default));
            Assert.True(await grants.TryAddAsync(new StoredGrant { Id = $"{i}", Revision = 1, IsInForce = false, Content = default }, default));
        }

        IReadOnlyList<StoredApproval> kept = await approvals.ReadAsync(StoredApprovalFilter.All, int.MaxValue, default);
        Assert.Equal(["r", "0", "76"], kept.Take(3).Select(static a => a.Id));
        Assert.Equal(1026, kept.Count);
        Assert.Equal(["g", "844"], (await grants.ReadAsync(int.MaxValue, default)).Take(2).Select(static g => g.Id));
    }

    private async Task<SqliteGuardrailStore> OpenAsync()
    {
        SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        Assert.True(await ((IApprovalStore)store).TryAddAsync(Request, default));
        Assert.True(await ((IGrantStore)store).TryAddAsync(Grant, default));
        return store;
    }
}
