namespace ToolGuardrails.Tests.Audit.Segments;

public sealed class PruningTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Old_segments_go_their_hashes_stay_and_the_log_stays_intact()
    {
        await FillAsync(days: 200);
        int before = _folder.Segments().Count;
        int hashes = Directory.GetFiles(_folder.Combine("log", "tiles", "0")).Length;
        long first;
        await using (AuditLog log = _folder.Open(static o => o.Retention = TimeSpan.FromDays(180)))
        {
            first = await log.PruneAsync();
        }

        Assert.InRange(_folder.Segments().Count, 175, 185);
        Assert.True(_folder.Segments().Count < before);
        Assert.Equal(hashes, Directory.GetFiles(_folder.Combine("log", "tiles", "0")).Length);
        System.Text.Json.JsonElement record = Assert.Single(_folder.Lines(), static l => l.GetString("ev") == "prune").ToJson();
        Assert.Equal((0, first, 180), (record.GetProperty("from").GetInt64(), record.GetProperty("to").GetInt64(), record.GetProperty("retention").GetInt32()));
        Assert.False(record.TryGetProperty("override", out _));
        AuditLogReport report = await _folder.VerifyAsync();
        Assert.True(report.IsIntact, report.ToText());
        Assert.Equal(first, report.FirstRecord);
    }

    [Fact]
    public async Task Less_than_the_floor_is_recorded_with_its_reason_and_rotations_are_told_again()
    {
        await FillAsync(days: 5, rotate: true);
        await using (AuditLog log = _folder.Open(static o => (o.Retention, o.RetentionOverride) = (TimeSpan.FromDays(2), "test data")))
        {
            await log.PruneAsync();
        }

        System.Text.Json.JsonElement record = Assert.Single(_folder.Lines(), static l => l.GetString("ev") == "prune").ToJson();
        Assert.Equal("test data", record.GetProperty("override").GetString());
        Assert.Equal(1, record.GetProperty("rotations").GetArrayLength());
        await _folder.AssertIntactAsync();

        // Taken up again, and once more after everything derived that can be made anew is gone.
        File.Delete(_folder.Combine("log", "checkpoint"));
        foreach (string segment in _folder.Segments())
        {
            File.Delete(_folder.Combine("log", "tiles", "0", Path.ChangeExtension(Path.GetFileName(segment), ".bin")));
        }

        await FillAsync(days: 3);
        await using (AuditLog log = _folder.Open(static o => (o.Retention, o.RetentionOverride) = (TimeSpan.FromDays(1), "test data")))
        {
            await log.PruneAsync();
        }

        Assert.Contains(_folder.Lines(), static l => l.GetString("ev") == "prune" && l.ToJson().GetProperty("rotations").GetArrayLength() == 1);
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_signer_that_is_away_when_old_segments_are_due_keeps_them_and_not_the_log()
    {
        using var signer = new SwitchSigner("example.com/log/support");
        await using (AuditLog filling = _folder.Open(o => (o.Signer, o.SegmentBytes) = (signer, 4096)))
        {
            for (int i = 0; i < 40; i++)
            {
                await _folder.WriteAsync(filling, AuditAcknowledgement.Written, "r" + i);
            }
        }

        _folder.Time.Advance(TimeSpan.FromDays(5));
        int segments = _folder.Segments().Count;
        signer.Fails = true;
        await using AuditLog log = _folder.Open(o => (o.Signer, o.Retention, o.RetentionOverride) = (signer, TimeSpan.FromDays(2), "test data"));
        await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "goes on");
        Assert.Equal(segments, _folder.Segments().Count);
        signer.Fails = false;
        Assert.NotEqual(0, await log.PruneAsync());
        Assert.True(_folder.Segments().Count < segments);
        await log.DisposeAsync();
        await _folder.AssertIntactAsync();
    }

    public void Dispose() => _folder.Dispose();

    // One segment a day.
    private async Task FillAsync(int days, bool rotate = false)
    {
        await using AuditLog log = _folder.Open(static o => (o.Heartbeat, o.SealInterval) = (TimeSpan.FromDays(1), TimeSpan.FromHours(1)));
        for (int day = 0; day < days; day++)
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Written, "day" + day);
            if (rotate && day == 0)
            {
                await log.RotateKeyAsync();
            }

            _folder.Time.Advance(TimeSpan.FromDays(1));
        }
    }
}
