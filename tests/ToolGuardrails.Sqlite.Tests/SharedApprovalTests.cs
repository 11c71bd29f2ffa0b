using System.Globalization;

namespace ToolGuardrails.Tests.Stores;

/// <summary>Real processes on one file, for approval requests and grants.</summary>
[Trait("Speed", "slow")]
public sealed class SharedApprovalTests : IDisposable
{
    private const int Processes = 4;
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public SharedApprovalTests() => _path = _folder.Combine("store.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_many_processes_one_replaces_each_revision()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        IApprovalStore approvals = store;
        Assert.True(await approvals.TryAddAsync(new StoredApproval { Id = "r", Digest = "r", Revision = 1, IsOpen = true, IsUnrecorded = false, Agent = "a", Tool = "t", RequestedAt = default, Content = default }, default));
        await RunAsync(async processes =>
        {
            for (int revision = 2; revision <= 50; revision++)
            {
                Assert.Single(await AskAsync(processes, $"replace r {revision}"), "True");
                Assert.Equal(revision, (await approvals.FindAsync("r", default))!.Revision);
            }
        });
    }

    [Fact]
    public async Task Many_processes_use_a_grant_as_often_as_it_may_be_used()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(_path);
        IGrantStore grants = store;
        Assert.True(await grants.TryAddAsync(new StoredGrant { Id = "g", Revision = 1, IsInForce = true, Content = default }, default));
        long before = grants.ReadVersion();
        await RunAsync(async processes => Assert.Equal(107, (await AskAsync(processes, "use g 50 107")).Sum(static a => int.Parse(a, CultureInfo.InvariantCulture))));
        Assert.Equal(107, (await grants.FindAsync("g", default))!.Uses);
        Assert.Equal(before, grants.ReadVersion());
    }

    [Fact]
    public async Task Processes_that_open_an_older_store_at_once_all_have_it_upgraded()
    {
        StoreUpgradeTests.MakeVersion1(_path);
        await RunAsync(static async processes => Assert.All(await AskAsync(processes, "use no-such-id 1 1"), static a => Assert.Equal("0", a)));
        using SqliteGuardrailStore store = SqliteGuardrailStore.Open(_path);
        Assert.Equal("old", Assert.Single(store.Read()).Id);
    }

    [Fact]
    public async Task A_killed_process_leaves_every_step_that_it_had_acknowledged()
    {
        var requests = new Dictionary<string, long>();
        var grants = new Dictionary<string, long>();
        var uses = new Dictionary<string, long>();
        for (int round = 0; round < 10; round++)
        {
            using var process = new StoreProcess(_path);
            await process.ReadyAsync();
            await process.SendAsync("approve");
            var lines = new List<string>();
            for (int step = 0; step <= round * 2; step++)
            {
                lines.Add((await process.ReadAsync())!);
            }

            lines.AddRange(await process.KillAsync());
            foreach (string[] words in lines.Select(static l => l.Split(' ')))
            {
                Dictionary<string, long> acknowledged = words[0] switch { "request" => requests, "grant" => grants, _ => uses };
                acknowledged[words[1]] = long.Parse(words[2], CultureInfo.InvariantCulture);
            }

            using SqliteGuardrailStore store = SqliteGuardrailStore.Open(_path);
            await AssertKeptAsync(store, store, requests, grants, uses);
            Assert.Equal("ok", Sql.Query(_path, "PRAGMA integrity_check"));
        }

        Assert.True(requests.Count >= 10);
    }

    // The last step may be there without having been acknowledged, and never by halves.
    private static async Task AssertKeptAsync(IApprovalStore approvals, IGrantStore store, Dictionary<string, long> requests, Dictionary<string, long> grants, Dictionary<string, long> uses)
    {
        foreach ((string id, long revision) in requests)
        {
            StoredApproval kept = (await approvals.FindAsync(id, default))!;
            Assert.InRange(kept.Revision, revision, revision + 1);
            Assert.Equal(kept.Revision < 3, kept.IsOpen);
            Assert.Equal([(byte)kept.Revision], kept.Content.ToArray());
        }

        foreach ((string id, long revision) in grants)
        {
            StoredGrant kept = (await store.FindAsync(id, default))!;
            Assert.InRange(kept.Revision, revision, revision + 1);
            Assert.Equal(kept.Revision == 1, kept.IsInForce);
            Assert.Equal([(byte)kept.Revision], kept.Content.ToArray());
            Assert.InRange(kept.Uses, uses.GetValueOrDefault(id), uses.GetValueOrDefault(id) + 1);
        }
    }

    private static Task<string[]> AskAsync(StoreProcess[] processes, string command) => Task.WhenAll(processes.Select(p => p.AskAsync(command)));

    private async Task RunAsync(Func<StoreProcess[], Task> work)
    {
        StoreProcess[] processes = [.. Enumerable.Range(0, Processes).Select(_ => new StoreProcess(_path))];
        try
        {
            await Task.WhenAll(processes.Select(static p => p.ReadyAsync()));
            await work(processes);
        }
        finally
        {
            Array.ForEach(processes, static p => p.Dispose());
        }
    }
}
