using System.Globalization;

namespace ToolGuardrails.Tests.Stores;

/// <summary>Real processes on one file.</summary>
[Trait("Speed", "slow")]
public sealed class SharedStoreTests : IDisposable
{
    private static readonly Principal Ada = new("https://id.example", "ada");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_suspension_set_by_one_process_is_seen_by_the_others_next_version()
    {
        using var other = new StoreProcess(_folder.Combine("store.db"));
        await other.ReadyAsync();
        using SqliteGuardrailStore own = SqliteGuardrailStore.Open(_folder.Combine("store.db"));
        long before = own.ReadVersion();
        string theirs = await other.AskAsync("suspend");
        long suspended = own.ReadVersion();
        Assert.NotEqual(before, suspended);
        Assert.Equal(theirs, Assert.Single(own.Read()).Id);

        string seen = await other.AskAsync("version");
        Assert.True(await own.TryLiftAsync(theirs, new SuspensionLift(Ada, "repaired", DateTimeOffset.UnixEpoch), default));
        Assert.NotEqual(seen, await other.AskAsync("version"));
        Assert.Equal("", await other.AskAsync("read"));
        Assert.Equal("False", await other.AskAsync($"lift {theirs}"));
        Assert.NotEqual(suspended, own.ReadVersion());
    }

    [Fact]
    public async Task Charges_of_other_processes_do_not_change_the_version()
    {
        using var other = new StoreProcess(_folder.Combine("store.db"));
        await other.ReadyAsync();
        using SqliteGuardrailStore own = SqliteGuardrailStore.Open(_folder.Combine("store.db"));
        long before = own.ReadVersion();
        Assert.Equal("3", await other.AskAsync("charge 5 3"));
        Assert.Equal(before, own.ReadVersion());
        Assert.False(await own.TryChargeAsync([new BudgetCharge("agent:a", 3, TimeSpan.FromHours(1))], default));
    }

    [Fact]
    public async Task Processes_that_start_at_once_make_one_store_and_share_one_budget()
    {
        StoreProcess[] processes = [.. Enumerable.Range(0, 4).Select(_ => new StoreProcess(_folder.Combine("new", "store.db")))];
        try
        {
            await Task.WhenAll(processes.Select(static p => p.ReadyAsync()));
            string[] charged = await Task.WhenAll(processes.Select(static p => p.AskAsync("charge 100 150")));
            Assert.Equal(150, charged.Sum(static c => int.Parse(c, CultureInfo.InvariantCulture)));
            Assert.All(charged, static c => Assert.NotEqual("150", c));
            string[] ids = await Task.WhenAll(processes.Select(static p => p.AskAsync("suspend")));
            Assert.Equal(ids.Order(), (await processes[0].AskAsync("read")).Split(' ').Order());
            Assert.Equal(["store.db", "store.db-shm", "store.db-wal"], Directory.EnumerateFiles(_folder.Combine("new")).Select(Path.GetFileName).Order());
        }
        finally
        {
            Array.ForEach(processes, static p => p.Dispose());
        }
    }

    [Fact]
    public async Task A_killed_process_leaves_all_that_it_had_acknowledged_and_a_whole_file()
    {
        string path = _folder.Combine("store.db");
        var kept = new HashSet<string>();
        var lifted = new HashSet<string>();
        int charged = 0;
        for (int round = 0; round < 20; round++)
        {
            using (var process = new StoreProcess(path))
            {
                await process.ReadyAsync();
                await process.SendAsync("write");
                string first = (await process.ReadAsync())!;
                int chargedNow = 0;
                foreach (string[] words in (await process.KillAsync()).Prepend(first).Select(static l => l.Split(' ')))
                {
                    _ = words[0] switch
                    {
                        "kept" => kept.Add(words[1]),
                        "lifted" => lifted.Add(words[1]),
                        _ => (chargedNow = int.Parse(words[1], CultureInfo.InvariantCulture)) > 0,
                    };
                }

                charged += chargedNow;
            }

            using SqliteGuardrailStore store = SqliteGuardrailStore.Open(path);
            Dictionary<string, bool> found = store.Read().ToDictionary(static s => s.Id, static s => s.IsInForce);
            Assert.All(kept, k => Assert.True(found[k]));
            Assert.All(lifted, l => Assert.False(found.GetValueOrDefault(l, false)));
            Assert.Equal("ok", Sql.Query(path, "PRAGMA integrity_check"));
            int counted = store.ReadBudgets().Where(static b => b.Counter == "agent:a").Sum(static b => b.Calls);
            Assert.InRange(counted, charged, int.MaxValue);
            Assert.Equal(counted, store.ReadBudgets().Where(static b => b.Counter == "tool:t").Sum(static b => b.Calls));
        }

        Assert.True(kept.Count >= 20);
    }
}
