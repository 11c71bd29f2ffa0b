using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Segments;

public sealed class WritingTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [Fact]
    public async Task A_log_begins_with_its_descriptor_and_ends_with_a_seal_over_everything()
    {
        await using (AuditLog log = _folder.Open())
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "a", "b");
        }

        Assert.Equal("log.open prompt prompt log.close seal", _folder.Kinds());
        string digest = LogDescriptor.DigestOf(await File.ReadAllBytesAsync(_folder.Combine("log", "log.json")));
        Assert.Equal(digest, _folder.Lines()[0].GetString("log"));
        Assert.Equal(4, AuditCheckpoint.Parse(await File.ReadAllTextAsync(_folder.Combine("log", "checkpoint"))).Size);
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_record_that_asks_to_be_sealed_is_followed_by_the_seal_at_once()
    {
        await using AuditLog log = _folder.Open();
        await _folder.WriteAsync(log, AuditAcknowledgement.Sealed, "a");
        Assert.Equal("log.open prompt seal", _folder.Kinds());
    }

    [Fact]
    public async Task Records_are_sealed_after_a_second_or_a_thousand_whichever_comes_first()
    {
        await using AuditLog log = _folder.Open(static o => o.SealEvery = 4);
        await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "a");
        Assert.Equal("log.open prompt", _folder.Kinds());
        _folder.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("log.open prompt seal", _folder.Kinds());
        await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "b", "c", "d", "e");
        Assert.Equal("log.open prompt seal prompt prompt prompt prompt seal", _folder.Kinds());
    }

    [Fact]
    public async Task A_quiet_log_says_every_minute_that_it_is_alive_and_nothing_else()
    {
        await using AuditLog log = _folder.Open();
        await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "a");
        _folder.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("log.open prompt seal", _folder.Kinds());
        _folder.Time.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal("log.open prompt seal heartbeat seal heartbeat seal heartbeat seal", _folder.Kinds());
    }

    [Fact]
    public async Task A_clock_that_goes_back_is_told_and_changes_nothing_else()
    {
        await using (AuditLog log = _folder.Open())
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "a");
            _folder.Time.SetUtcNow(_folder.Time.GetUtcNow().AddHours(-1));
            await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "b");
            await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "c");
        }

        Assert.Equal("log.open prompt clock prompt prompt log.close seal", _folder.Kinds());
        Assert.Equal("a b c", _folder.Texts());
        await _folder.AssertIntactAsync();
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Segments_are_begun_by_size_and_by_age_each_after_a_seal()
    {
        await using (AuditLog log = _folder.Open(static o => o.SegmentBytes = 4096))
        {
            for (int i = 0; i < 40; i++)
            {
                await _folder.WriteAsync(log, AuditAcknowledgement.Written, "r" + i);
            }

            int bySize = _folder.Segments().Count;
            Assert.InRange(bySize, 2, 10);
            _folder.Time.Advance(TimeSpan.FromHours(24));
            Assert.True(_folder.Segments().Count > bySize);
        }

        Assert.Equal(string.Join(' ', Enumerable.Range(0, 40).Select(static i => "r" + i)), _folder.Texts());
        Assert.All(_folder.Segments().SkipLast(1), static s => Assert.Equal("seal", AuditLines.Read(s).Whole[^1].GetString("ev")));
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_log_that_is_opened_again_goes_on_where_it_was()
    {
        for (int i = 0; i < 3; i++)
        {
            await using AuditLog log = _folder.Open(static o => o.SegmentBytes = 4096);
            for (int j = 0; j < 300; j++)
            {
                await _folder.WriteAsync(log, AuditAcknowledgement.Written, $"{i}-{j}");
            }
        }

        Assert.Equal(900, _folder.Texts().Split(' ').Length);
        Assert.Equal(3, _folder.Lines().Count(static l => l.GetString("ev") == "log.open"));
        Assert.True(File.Exists(_folder.Combine("log", "tiles", "1.bin")));
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task Stored_hashes_that_are_missing_or_wrong_are_made_anew_when_the_log_is_opened()
    {
        await FillAsync();
        string[] tiles = Directory.GetFiles(_folder.Combine("log", "tiles"), "*", SearchOption.AllDirectories);
        Dictionary<string, byte[]> before = tiles.ToDictionary(static t => t, File.ReadAllBytes);
        foreach (string tile in tiles)
        {
            File.Delete(tile);
        }

        Assert.False((await _folder.VerifyAsync()).IsIntact);
        await using (AuditLog log = _folder.Open())
        {
            await log.SealAsync();
        }

        Assert.All(before, static t => Assert.True(File.ReadAllBytes(t.Key).AsSpan().StartsWith(t.Value), t.Key));
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task Without_signatures_the_log_says_so_loudly_and_promises_less()
    {
        var lines = new LogLines();
        await using (AuditLog log = _folder.Open(o =>
        {
            o.IsUnsigned = true;
            o.LoggerFactory = lines;
        }))
        {
            Assert.Equal(AuditAcknowledgement.Durable, log.Highest);
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a");
        }

        Assert.Contains(lines.Lines, static l => l.StartsWith("Warning:", StringComparison.Ordinal) && l.Contains("goes without signatures", StringComparison.Ordinal));
        Assert.False(Directory.Exists(_folder.Keys));
        AuditLogReport report = await _folder.VerifyAsync();
        Assert.True(report.IsIntact, report.ToText());
        Assert.False(report.IsSigned);
        await using AuditLog signed = _folder.Open();
        Assert.Contains("was made without signatures", signed.TryOpen(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_writer_at_a_time_and_the_next_one_waits_its_turn()
    {
        await using AuditLog first = _folder.Open();
        await _folder.WriteAsync(first, AuditAcknowledgement.Written, "a");
        await using AuditLog refused = _folder.Open();
        IOException busy = await Assert.ThrowsAsync<IOException>(async () => await _folder.WriteAsync(refused, AuditAcknowledgement.Written, "b"));
        Assert.Contains("is being written by another process", busy.Message, StringComparison.Ordinal);

        await using AuditLog second = _folder.Open(static o => o.LockTimeout = TimeSpan.FromSeconds(10));
        Task waiting = _folder.WriteAsync(second, AuditAcknowledgement.Written, "c").AsTask();
        Assert.False(waiting.IsCompleted);
        await first.DisposeAsync();
        _folder.Time.Advance(TimeSpan.FromMilliseconds(5));
        await waiting;
        await second.DisposeAsync();
        Assert.Equal("a c", _folder.Texts());
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task Somebody_who_writes_without_the_lock_is_noticed_and_not_written_over()
    {
        await using AuditLog log = _folder.Open();
        await _folder.WriteAsync(log, AuditAcknowledgement.Written, "a");
        await File.AppendAllTextAsync(_folder.Segments()[0], "not ours\n");
        await Assert.ThrowsAsync<IOException>(async () => await _folder.WriteAsync(log, AuditAcknowledgement.Written, "b"));
        await _folder.WriteAsync(log, AuditAcknowledgement.Written, "c");
        await log.DisposeAsync();
        Assert.Equal("a c", _folder.Texts());
        Assert.Equal("not ours\n", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_folder.Log, "quarantine-*"))));
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_directory_that_vanishes_is_no_new_log()
    {
        await using AuditLog log = _folder.Open();
        await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a");
        Directory.Move(_folder.Log, _folder.Combine("away"));
        for (int i = 0; i < 2; i++)
        {
            await Assert.ThrowsAnyAsync<IOException>(async () => await _folder.WriteAsync(log, AuditAcknowledgement.Written, "b"));
        }

        Directory.Move(_folder.Combine("away"), _folder.Log);
        await _folder.WriteAsync(log, AuditAcknowledgement.Written, "c");
        await log.DisposeAsync();
        Assert.Equal("a c", _folder.Texts());
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task Who_removes_the_lock_lets_a_second_writer_in_and_neither_loses_what_was_acknowledged()
    {
        await using AuditLog first = _folder.Open();
        await _folder.WriteAsync(first, AuditAcknowledgement.Durable, "a");
        File.Delete(_folder.Combine("log", "lock"));
        await using AuditLog second = _folder.Open();
        var others = new LogBatches(_folder.Time);
        await second.WriteAsync(others.Of(AuditAcknowledgement.Durable, "b"), CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(async () => await _folder.WriteAsync(first, AuditAcknowledgement.Durable, "x"));
        await second.WriteAsync(others.Of(AuditAcknowledgement.Durable, "c"), CancellationToken.None);
        await second.DisposeAsync();
        await _folder.WriteAsync(first, AuditAcknowledgement.Durable, "d");
        await first.DisposeAsync();
        Assert.Equal("a b c d", _folder.Texts());
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_directory_that_was_replaced_by_its_copy_takes_every_record_that_is_acknowledged()
    {
        await using AuditLog log = _folder.Open();
        await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a");
        CopyDirectory(_folder.Log, _folder.Combine("copy"));
        Directory.Delete(_folder.Log, recursive: true);
        Directory.Move(_folder.Combine("copy"), _folder.Log);
        await Assert.ThrowsAsync<IOException>(async () => await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "x"));
        await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "b");
        await log.DisposeAsync();
        Assert.Equal("a b", _folder.Texts());
        await _folder.AssertIntactAsync();
    }

    [Theory]
    [InlineData(179, null, "the least is 180")]
    [InlineData(0, "test", "a number of whole days")]
    public void A_retention_below_the_floor_needs_a_reason(int days, string? reason, string problem)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => _folder.Open(o =>
        {
            o.Retention = TimeSpan.FromDays(days);
            o.RetentionOverride = reason;
        }));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_inside_the_log_is_refused()
    {
        using AuditLog log = _folder.Open(o => o.KeyDirectory = _folder.Combine("log", "keys"));
        Assert.Contains("would lie inside the audit log", log.TryOpen(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_in_the_log_and_beside_it_is_for_its_owner_only()
    {
        await FillAsync();
        foreach (string file in Directory.EnumerateFiles(_folder.Log, "*", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(_folder.Keys)))
        {
            Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) == 0, file);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void CopyDirectory(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(static f => Path.GetFileName(f) != "lock"))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.Create(Path.Combine(to, "lock")).Dispose();
    }

    private async Task FillAsync()
    {
        await using AuditLog log = _folder.Open(static o => o.SegmentBytes = 16 * 1024);
        for (int i = 0; i < 30; i++)
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Written, [.. Enumerable.Range(0, 20).Select(j => $"{i}-{j}")]);
        }
    }
}
