using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>What the disk in memory keeps and may lose. The crash tests are worth as much as this is strict.</summary>
public sealed class ModelDiskTests
{
    private const int KeepsNothing = 0;
    private const int KeepsEverything = 13;

    [Fact]
    public void Every_power_cut_keeps_what_was_synced_under_a_name_that_was_synced() =>
        AssertAlways(
            static disk => Put(disk, "a", Text(1500), sync: true, syncName: true),
            static files => files.TryGetValue("a", out byte[]? a) && a.AsSpan().SequenceEqual(Text(1500)));

    [Fact]
    public void A_name_that_was_not_synced_may_be_lost_with_all_the_data_that_was() =>
        AssertBoth(
            static disk => Put(disk, "a", Text(600), sync: true, syncName: false),
            static files => files.ContainsKey("a"));

    [Fact]
    public void Data_that_was_not_synced_may_be_there_lost_or_zeros()
    {
        IReadOnlyList<string> seen = [.. Outcomes(static disk => Put(disk, "a", Text(600), sync: false, syncName: true)).Select(static f => Describe(f["a"], Text(600))).Distinct().Order(StringComparer.Ordinal)];

        // 88 bytes are in the second sector, so each half may be missing alone.
        Assert.Equal(["0:", "600:--", "600:-x", "600:x-", "600:xx"], seen);
    }

    [Fact]
    public void What_follows_synced_data_in_its_sector_never_harms_it() =>
        AssertAlways(
            static disk =>
            {
                Put(disk, "a", Text(100), sync: true, syncName: true);
                using ILogFile file = disk.Open(At(disk, "a"));
                file.Write(Text(700).AsSpan(100), 100);
            },
            static files => files["a"].Length >= 100 && files["a"].AsSpan(0, 100).SequenceEqual(Text(100)));

    [Fact]
    public void A_rename_that_was_not_synced_shows_the_old_file_or_the_new_one_and_never_none()
    {
        static void Replace(ModelDisk disk)
        {
            Put(disk, "a", Text(10), sync: true, syncName: true);
            Put(disk, "a.tmp", Text(20), sync: true, syncName: false);
            disk.Rename(At(disk, "a.tmp"), At(disk, "a"));
        }

        AssertAlways(Replace, static files => files["a"].Length is 10 or 20 && (files["a"].Length == 20 || !files.ContainsKey("a.tmp") || files["a.tmp"].Length == 20));
        AssertBoth(Replace, static files => files["a"].Length == 20);
    }

    [Fact]
    public void A_deletion_that_was_not_synced_may_be_undone() =>
        AssertBoth(
            static disk =>
            {
                Put(disk, "a", Text(10), sync: true, syncName: true);
                disk.Delete(At(disk, "a"));
            },
            static files => files.ContainsKey("a"));

    [Fact]
    public void A_cut_off_tail_may_come_back() =>
        AssertBoth(
            static disk =>
            {
                Put(disk, "a", Text(900), sync: true, syncName: true);
                using ILogFile file = disk.Open(At(disk, "a"));
                file.SetLength(300);
            },
            static files => files["a"].AsSpan().SequenceEqual(Text(900)));

    [Fact]
    public void A_directory_that_was_not_synced_into_its_parent_may_be_lost_with_all_in_it() =>
        AssertBoth(
            static disk =>
            {
                disk.CreateDirectory(At(disk, "d"));
                Put(disk, "d/a", Text(10), sync: true, syncName: false);
                disk.SyncDirectory(At(disk, "d"));
            },
            static files => files.ContainsKey("d/a"));

    [Fact]
    public void A_killed_process_leaves_all_it_wrote_and_no_lock()
    {
        var disk = new ModelDisk();
        Put(disk, "a", Text(100), sync: false, syncName: false);
        Assert.NotNull(disk.TryLock(At(disk, "lock")));
        ModelDisk other = disk.OtherProcess();
        Assert.Null(other.TryLock(At(other, "lock")));

        disk.Kill();

        Assert.Throws<ProcessDiedException>(() => disk.List(disk.Root));
        Assert.NotNull(other.TryLock(At(other, "lock")));
        Assert.Equal(Text(100), disk.Restart().Files()["a"]);
    }

    [Fact]
    public void A_failed_sync_loses_for_good_what_processes_still_see()
    {
        ModelDisk disk = WithFailedSync(KeepsNothing, out ILogFile file);
        file.Sync(); // A second try says that all is well.

        Assert.Equal(Text(700), disk.Files()["a"]);
        disk.CutPower();
        Assert.Equal(Text(100), disk.Restart().Files()["a"]);
    }

    [Fact]
    public void What_a_failed_sync_lost_is_saved_by_writing_it_again()
    {
        ModelDisk disk = WithFailedSync(KeepsNothing, out ILogFile file);
        file.SetLength(100);
        file.Write(Text(700).AsSpan(100), 100);
        file.Sync();

        disk.CutPower();
        Assert.Equal(Text(700), disk.Restart().Files()["a"]);
    }

    [Fact]
    public void A_failed_sync_may_have_saved_everything()
    {
        ModelDisk disk = WithFailedSync(KeepsEverything, out _);
        disk.CutPower();
        Assert.Equal(Text(700), disk.Restart().Files()["a"]);
    }

    [Theory]
    [InlineData(nameof(DiskFault.Error), 5, false)]
    [InlineData(nameof(DiskFault.ErrorAfterEffect), 5, true)]
    [InlineData(nameof(DiskFault.NoSpace), 28, false)]
    [InlineData(nameof(DiskFault.NoSpaceAfterEffect), 28, true)]
    [InlineData(nameof(DiskFault.ReadOnly), 30, false)]
    public void A_write_that_fails_writes_nothing_or_a_part(string fault, int error, bool part)
    {
        var lengths = new HashSet<int>();
        for (int seed = 0; seed < 20; seed++)
        {
            var disk = new ModelDisk(seed) { Plan = s => s.Operation == DiskOperation.Write ? Enum.Parse<DiskFault>(fault) : DiskFault.None };
            IOException e = Assert.Throws<IOException>(() => Put(disk, "a", Text(2000), sync: false, syncName: false));
            Assert.Equal(error, e.HResult);
            byte[] left = disk.Files()["a"];
            Assert.Equal(Text(left.Length), left);
            Assert.True(left.Length < 2000);
            lengths.Add(left.Length);
        }

        Assert.Equal(part, lengths.Count > 1);
        Assert.Equal(part, lengths.Overlaps([512, 1024, 1536]));
    }

    [Fact]
    public void Where_open_files_are_held_one_is_neither_opened_again_nor_replaced_nor_deleted()
    {
        var disk = new ModelDisk { HoldsOpenFiles = true };
        Put(disk, "b", Text(1), sync: false, syncName: false);
        using (disk.Open(At(disk, "a")))
        {
            Assert.Throws<IOException>(() => disk.Open(At(disk, "a")));
            Assert.Throws<IOException>(() => disk.Rename(At(disk, "b"), At(disk, "a")));
            Assert.Throws<IOException>(() => disk.Delete(At(disk, "a")));
            Assert.Equal(1, disk.OpenHandles);
        }

        disk.Delete(At(disk, "a"));
        Assert.Equal(0, disk.OpenHandles);
    }

    [Fact]
    public void A_directory_that_vanishes_takes_its_open_files_along_or_leaves_them_to_write_where_nobody_looks()
    {
        foreach (bool breaks in (bool[])[true, false])
        {
            var disk = new ModelDisk();
            disk.CreateDirectory(At(disk, "d"));
            using ILogFile file = disk.Open(At(disk, "d/a"));
            Action putBack = disk.Vanish(At(disk, "d"), breaks);

            Assert.Throws<DirectoryNotFoundException>(() => disk.Open(At(disk, "d/b")));
            Assert.Empty(disk.List(At(disk, "d")));
            Assert.False(disk.Exists(At(disk, "d/a")));
            Assert.Equal(breaks, Record.Exception(() => file.Write("x"u8, 0)) is IOException);
            putBack();
            Assert.Equal(breaks ? "" : "x", System.Text.Encoding.UTF8.GetString(disk.Files()["d/a"]));
        }
    }

    [Fact]
    public async Task A_stalled_operation_waits_for_the_test_and_holds_up_no_other()
    {
        var disk = new ModelDisk();
        using var stall = new Stall(static s => s.Operation == DiskOperation.Sync);
        disk.Plan = stall.Plan;
        Task put = Task.Run(() => Put(disk, "a", Text(10), sync: true, syncName: false));
        await stall.Reached.WaitAsync(TimeSpan.FromSeconds(30));

        disk.CreateDirectory(At(disk, "d"));
        Assert.False(put.IsCompleted);
        stall.Release();
        await put.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_copy_on_the_real_disk_has_the_same_files()
    {
        using var folder = new TemporaryFolder();
        var disk = new ModelDisk();
        disk.CreateDirectory(At(disk, "d/e"));
        Put(disk, "d/e/a", Text(10), sync: false, syncName: false);
        Put(disk, "b", Text(10), sync: false, syncName: false);

        disk.CopyTo(At(disk, "d"), folder.Combine("copy"));

        Assert.Equal([folder.Combine("copy", "e", "a")], Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
        Assert.Equal(Text(10), File.ReadAllBytes(folder.Combine("copy", "e", "a")));
    }

    private static ModelDisk WithFailedSync(int seed, out ILogFile file)
    {
        var disk = new ModelDisk(seed);
        Put(disk, "a", Text(100), sync: true, syncName: true);
        ILogFile opened = file = disk.Open(At(disk, "a"));
        opened.Write(Text(700).AsSpan(100), 100);
        disk.Plan = static s => s.Operation == DiskOperation.Sync ? DiskFault.Error : DiskFault.None;
        Assert.Throws<IOException>(opened.Sync);
        disk.Plan = static _ => DiskFault.None;
        return disk;
    }

    private static void Put(ModelDisk disk, string path, byte[] content, bool sync, bool syncName)
    {
        using ILogFile file = disk.Open(At(disk, path));
        file.Write(content, 0);
        if (sync)
        {
            file.Sync();
        }

        if (syncName)
        {
            disk.SyncDirectory(disk.Root);
        }
    }

    private static string At(ModelDisk disk, string path) => Path.Combine(disk.Root, path);

    private static byte[] Text(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)('a' + (i % 25)))];

    private static List<IReadOnlyDictionary<string, byte[]>> Outcomes(Action<ModelDisk> before)
    {
        var outcomes = new List<IReadOnlyDictionary<string, byte[]>>();
        for (int seed = 0; seed < 10 * CutOdds.Styles; seed++)
        {
            var disk = new ModelDisk(seed);
            before(disk);
            disk.CutPower();
            outcomes.Add(disk.Restart().Files());
        }

        return outcomes;
    }

    private static void AssertAlways(Action<ModelDisk> before, Func<IReadOnlyDictionary<string, byte[]>, bool> holds) => Assert.All(Outcomes(before), f => Assert.True(holds(f)));

    private static void AssertBoth(Action<ModelDisk> before, Func<IReadOnlyDictionary<string, byte[]>, bool> question) => Assert.Equal(2, Outcomes(before).Select(question).Distinct().Count());

    // Its length, and for each sector whether it has its bytes or zeros.
    private static string Describe(byte[] content, byte[] written) =>
        $"{content.Length}:{string.Concat(content.Chunk(FileNode.Sector).Select((s, i) => s.AsSpan().SequenceEqual(written.AsSpan(i * FileNode.Sector, s.Length)) ? "x" : Array.TrueForAll(s, static b => b == 0) ? "-" : "?"))}";
}
