namespace ToolGuardrails.Tests.Audit.Segments;

public sealed class AnchorTests : IDisposable
{
    private readonly LogFolder _folder = new();
    private readonly List<AuditCheckpoint> _kept = [];
    private readonly SemaphoreSlim _anchored = new(0);

    [Fact]
    public async Task The_first_checkpoint_and_the_last_are_anchored_and_one_a_minute_between()
    {
        await using (AuditLog log = _folder.Open(o => o.Anchors.Add(Keep())))
        {
            for (int i = 0; i < 120; i++)
            {
                await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "r" + i);
                _folder.Time.Advance(TimeSpan.FromSeconds(1));
                if (i is 5 or 65)
                {
                    // Anchors work beside the log, by the real clock: this one must not outrun them.
                    Assert.True(await _anchored.WaitAsync(TimeSpan.FromSeconds(30)));
                }
            }
        }

        Assert.InRange(_kept.Count, 3, 4);
        Assert.Equal(_kept.Select(static c => c.Size).Order(), _kept.Select(static c => c.Size));
        AuditLogVerification against = new();
        _kept.ForEach(against.Checkpoints.Add);
        AuditLogReport report = await _folder.VerifyAsync(against);
        Assert.True(report.IsIntact, report.ToText());
        Assert.Equal(report.SealedRecords, report.AnchoredRecords);
    }

    [Fact]
    public async Task An_anchor_that_fails_or_hangs_holds_no_record_up_and_is_tried_again()
    {
        int tries = 0;
        var lines = new LogLines();
        await using (AuditLog log = _folder.Open(o =>
        {
            o.LoggerFactory = lines;
            o.Anchors.Add(new CallbackCheckpointAnchor((_, _) => ++tries < 2 ? throw new IOException("away") : default));
            o.Anchors.Add(Keep());
        }))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "a");
            await log.SealAsync();
            await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "b");
        }

        Assert.True(tries >= 2);
        Assert.NotEmpty(_kept);
        Assert.Contains(lines.Lines, static l => l.Contains("Checkpoint anchor CallbackCheckpointAnchor failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_elsewhere_and_the_hosts_logger_keep_checkpoints_that_the_verifier_reads()
    {
        string file = _folder.Combine("elsewhere", "checkpoints");
        var lines = new LogLines();
        await using (AuditLog log = _folder.Open(o =>
        {
            o.Anchors.Add(new FileCheckpointAnchor(file));
            o.Anchors.Add(new LoggerCheckpointAnchor(lines.CreateLogger("anchor")));
        }))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "a");
            await log.SealAsync();
            await _folder.WriteAsync(log, AuditAcknowledgement.Queued, "b");
        }

        string logged = string.Join('\n', lines.Lines.Where(static l => l.Contains("Audit log checkpoint", StringComparison.Ordinal)));
        foreach (string kept in new[] { await File.ReadAllTextAsync(file), logged })
        {
            AuditLogVerification against = new();
            foreach (AuditCheckpoint checkpoint in AuditCheckpoint.ParseFile(kept))
            {
                against.Checkpoints.Add(checkpoint);
            }

            AuditLogReport report = await _folder.VerifyAsync(against);
            Assert.True(report.IsIntact, report.ToText());
            Assert.Equal(5, report.AnchoredRecords);
        }
    }

    public void Dispose()
    {
        _anchored.Dispose();
        _folder.Dispose();
    }

    private CallbackCheckpointAnchor Keep() => new((checkpoint, _) =>
    {
        lock (_kept)
        {
            _kept.Add(checkpoint);
        }

        _anchored.Release();
        return default;
    });
}
