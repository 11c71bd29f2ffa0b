using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditVerification;

public sealed class GoodLogTests
{
    [Fact]
    public async Task A_signed_log_is_intact_and_says_what_is_sealed()
    {
        LogBuilder log = Logs.Small().Records(2);
        AuditLogReport report = await log.Files().IntactAsync();

        Assert.True(report.IsSigned);
        Assert.False(report.IsKeyPinned);
        Assert.Equal((LogBuilder.Origin, 0, 10, 7), (report.Origin, report.FirstRecord, report.Records, report.SealedRecords));
        Assert.Equal(log.Checkpoints[^1].Note, report.Checkpoint!.Note);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 11, 14, 2, TimeSpan.Zero), report.SealedAt);
        Assert.Null(report.AnchoredRecords);
        Assert.Contains(report.Notes, static n => n.Contains("taken from the log itself", StringComparison.Ordinal));
        Assert.Contains(report.Notes, static n => n.StartsWith("2 records at the end aren't sealed", StringComparison.Ordinal));
        Assert.Contains(report.Notes, static n => n.StartsWith("No checkpoint that was kept elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unsigned_log_is_intact_and_says_loudly_what_that_is_worth()
    {
        AuditLogReport report = await Logs.Segmented(isSigned: false).Files().IntactAsync();
        Assert.False(report.IsSigned);
        Assert.StartsWith("THE LOG IS UNSIGNED: whoever can write to its directory can rewrite all of it unnoticed.", report.Notes[0], StringComparison.Ordinal);
        Assert.StartsWith("INTACT, BUT UNSIGNED", report.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_key_that_was_in_force_pins_the_log()
    {
        LogBuilder log = Logs.Small();
        List<string> keys = [log.Signer!.VerifierKey];
        keys.Add(log.Rotate().Records(2).Seal().Signer!.VerifierKey);
        keys.Add(log.Rotate().Records(1).Seal().Signer!.VerifierKey);
        foreach (string key in keys)
        {
            AuditLogReport report = await log.Files().IntactAsync(o => o.Keys.Add(key));
            Assert.True(report.IsKeyPinned);
        }
    }

    [Fact]
    public async Task A_pruned_log_is_intact_by_the_hashes_that_are_left()
    {
        AuditLogReport report = await Logs.Pruned().Files().IntactAsync(static o => o.AllSignatures = true);
        Assert.Equal(14, report.FirstRecord);
        Assert.Contains("The records below 14 were pruned; only their hashes are left.", report.Notes);
    }

    [Fact]
    public async Task A_prune_that_was_interrupted_is_no_damage()
    {
        LogBuilder log = Logs.Segmented();
        LogFiles before = log.Files();
        LogFiles after = log.Prune(2).Files();
        after[LogFiles.Segment(0)] = before[LogFiles.Segment(0)];
        after[LogFiles.Segment(8)] = before[LogFiles.Segment(8)];
        await after.IntactAsync();
        await after.Without(LogFiles.Segment(0)).IntactAsync();
    }

    [Fact]
    public async Task A_log_that_was_recovered_is_intact_with_and_without_its_quarantine_file()
    {
        LogFiles files = Logs.Recovered().Files();
        await files.IntactAsync();
        await files.Without(files.Keys.Single(static n => n.StartsWith("quarantine", StringComparison.Ordinal))).IntactAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Tiles_of_every_height_fit_however_many_threads_hash(int threads)
    {
        LogBuilder log = Logs.Long();
        AuditLogReport report = await log.Files().IntactAsync(o =>
        {
            o.MaxDegreeOfParallelism = threads;
            o.AllSignatures = true;
            log.Checkpoints.ForEach(o.Checkpoints.Add);
        });
        Assert.Equal(report.SealedRecords, report.AnchoredRecords);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Lines_of_very_different_lengths_are_read_across_blocks(int threads)
    {
        var random = new Random(7);
        LogBuilder log = new LogBuilder().Records(300, _ => new string('a', random.Next(60_000))).Seal().Records(600).Seal().Records(300, static i => new string('b', i % 50 == 0 ? 60_000 : i)).Seal();
        AuditLogReport report = await log.Files().IntactAsync(o => o.MaxDegreeOfParallelism = threads);
        Assert.Equal(log.Lines.Count, report.Records);
        Assert.Equal(log.Lines.Count - 1, report.SealedRecords);
    }

    [Fact]
    public async Task Two_heights_of_tiles_are_compared()
    {
        LogBuilder log = new LogBuilder().Records(70_000).Seal().Segment().Records(100).Seal();
        LogFiles files = log.Files();
        Assert.Equal(32, files["tiles/2.bin"].Length);
        await files.IntactAsync();
        files["tiles/2.bin"][3] ^= 1;
        AuditLogDamage damage = await files.DamagedAsync(AuditLogDamageKind.Derived);
        Assert.Equal(("tiles/2.bin", true), (damage.File, damage.IsDerived));
    }

    [Fact]
    public async Task Files_that_arent_part_of_a_log_are_mentioned()
    {
        LogFiles files = Logs.Small().Files();
        files["notes.txt"] = files["segments/x"] = files["checkpoint.tmp"] = files["tiles/0/y.bin"] = [1];
        AuditLogReport report = await files.IntactAsync();
        Assert.Contains("Not part of the log: checkpoint.tmp, notes.txt, segments/x, tiles/0/y.bin.", report.Notes);
    }

    [Fact]
    public async Task Tiles_may_end_with_the_newest_seal_and_the_lock_may_be_missing()
    {
        LogFiles files = Logs.Small().Records(3).Files();
        files[LogFiles.Tile(0)] = files[LogFiles.Tile(0)][..(7 * 32)];
        await files.Without("lock").IntactAsync();
    }

    [Fact]
    public async Task Verifying_changes_no_file_and_no_time()
    {
        using var folder = new TemporaryFolder();
        Logs.Pruned().Files().WriteTo(folder.Path);
        Dictionary<string, (DateTime, string)> before = Snapshot(folder.Path);
        await AuditLogVerifier.VerifyAsync(folder.Path);
        Assert.Equal(before, Snapshot(folder.Path));
    }

    [Fact]
    public async Task A_directory_that_may_only_be_read_can_be_verified()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        Logs.Small().Files().WriteTo(folder.Path);
        foreach (string path in Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Append(folder.Path))
        {
            File.SetUnixFileMode(path, Directory.Exists(path) ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead);
        }

        try
        {
            Assert.True((await AuditLogVerifier.VerifyAsync(folder.Path)).IsIntact);
        }
        finally
        {
            foreach (string path in Directory.EnumerateDirectories(folder.Path, "*", SearchOption.AllDirectories).Append(folder.Path))
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    [Fact]
    public async Task Progress_ends_with_all_bytes()
    {
        using var folder = new TemporaryFolder();
        Logs.Segmented().Files().WriteTo(folder.Path);
        var seen = new Seen();
        await AuditLogVerifier.VerifyAsync(folder.Path, null, seen);
        Assert.Equal(seen.Last.BytesTotal, seen.Last.BytesDone);
        Assert.True(seen.Last.BytesTotal > 0);
    }

    [Fact]
    public async Task A_verification_that_is_cancelled_ends()
    {
        using var folder = new TemporaryFolder();
        Logs.Small().Files().WriteTo(folder.Path);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AuditLogVerifier.VerifyAsync(folder.Path, cancellationToken: new CancellationToken(canceled: true)));
    }

    private static Dictionary<string, (DateTime Written, string Bytes)> Snapshot(string folder) => Directory
        .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(static p => p, static p => (File.GetLastWriteTimeUtc(p), File.Exists(p) ? Convert.ToHexString(File.ReadAllBytes(p)) : ""), StringComparer.Ordinal);

    private sealed class Seen : IProgress<AuditLogProgress>
    {
        public AuditLogProgress Last { get; private set; }

        public void Report(AuditLogProgress value) => Last = value;
    }
}
