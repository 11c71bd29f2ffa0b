using ToolGuardrails.Tests.Audit.Segments;

namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>Logs that the writer wrote.</summary>
public sealed class WrittenLogTests : IDisposable
{
    private readonly LogFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_log_of_several_openings_segments_and_keys_is_intact()
    {
        var kept = new List<AuditCheckpoint>();
        for (int opening = 0; opening < 3; opening++)
        {
            await using AuditLog log = _folder.Open(static o => o.SegmentBytes = 20_000);
            for (int i = 0; i < 8; i++)
            {
                await _folder.WriteAsync(log, AuditAcknowledgement.Durable, [.. Enumerable.Range(0, 30).Select(static n => "text " + n)]);
                kept.Add(await log.SealAsync());
            }

            await log.RotateKeyAsync();
        }

        var options = new AuditLogVerification { AllSignatures = true };
        kept.ForEach(options.Checkpoints.Add);
        AuditLogReport report = await _folder.VerifyAsync(options);
        Assert.True(report.IsIntact, report.ToText());
        Assert.True(_folder.Segments().Count > 3);
        Assert.Equal(kept[^1].Size, report.AnchoredRecords);
    }

    [Fact]
    public async Task A_log_that_is_being_written_to_can_be_verified()
    {
        await using AuditLog log = _folder.Open();
        await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "one", "two");
        await log.SealAsync();
        await _folder.AssertIntactAsync();
        await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "three");
        AuditLogReport report = await _folder.VerifyAsync();
        Assert.True(report.IsIntact, report.ToText());
        Assert.Equal(report.SealedRecords + 2, report.Records);
    }

    [Fact]
    public async Task A_log_without_signatures_is_intact_and_unsigned()
    {
        await using (AuditLog log = _folder.Open(static o => o.IsUnsigned = true))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "one", "two");
        }

        AuditLogReport report = await _folder.VerifyAsync();
        Assert.True(report.IsIntact, report.ToText());
        Assert.False(report.IsSigned);
    }

    [Fact]
    public async Task A_torn_tail_is_damage_until_the_log_was_opened_for_writing()
    {
        await using (AuditLog log = _folder.Open())
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "one", "two");
        }

        await File.AppendAllTextAsync(_folder.Segments()[0], "{\"v\":1,\"w\"");
        Assert.Equal([AuditLogDamageKind.TornTail], (await _folder.VerifyAsync()).Damage.Select(static d => d.Kind));
        await ReopenAsync();
        AuditLogReport report = await _folder.VerifyAsync();
        Assert.True(report.IsIntact, report.ToText());
    }

    [Fact]
    public async Task Derived_files_that_are_wrong_or_gone_are_made_again_as_the_report_says()
    {
        await using (AuditLog log = _folder.Open())
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, [.. Enumerable.Range(0, 300).Select(static n => "text " + n)]);
        }

        foreach (string file in new[] { "tiles/0/00000000000000000000.bin", "tiles/1.bin", "checkpoint" })
        {
            string path = _folder.Combine("log", file);
            byte[] bytes = await File.ReadAllBytesAsync(path);
            bytes[^5] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
            AuditLogDamage damage = Assert.Single((await _folder.VerifyAsync()).Damage);
            Assert.Equal((file, true), (damage.File, damage.IsDerived));
            File.Delete(path);
            Assert.Equal([file], (await _folder.VerifyAsync()).Damage.Select(static d => d.File));
            await ReopenAsync();
            AuditLogReport report = await _folder.VerifyAsync();
            Assert.True(report.IsIntact, report.ToText());
        }
    }

    private async Task ReopenAsync()
    {
        await using AuditLog log = _folder.Open();
        await log.SealAsync();
    }
}
