using System.Security.Cryptography;
using System.Text;

namespace ToolGuardrails.Tests.Audit.Segments;

public sealed class RecoveryTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [Fact]
    public async Task A_torn_end_is_kept_aside_at_every_length_and_the_log_goes_on()
    {
        await FillAsync();
        byte[] whole = await File.ReadAllBytesAsync(_folder.Segments()[0]);
        byte[] torn = Encoding.UTF8.GetBytes("""{"v":1,"w":"AAAAAAAAAAAAAAAAAAAAAA","n":0,"t":"2026""");
        for (int length = 1; length <= torn.Length; length++)
        {
            await File.WriteAllBytesAsync(_folder.Segments()[0], [.. await File.ReadAllBytesAsync(_folder.Segments()[0]), .. torn[..length]]);
            await using AuditLog log = _folder.Open();
            await _folder.WriteAsync(log, AuditAcknowledgement.Written, "after");
        }

        byte[] now = await File.ReadAllBytesAsync(_folder.Segments()[0]);
        Assert.True(now.AsSpan().StartsWith(whole));
        Assert.Equal(torn.Length, _folder.Lines().Count(static l => l.GetString("ev") == "log.recover"));
        Assert.Equal(torn.Length, Directory.GetFiles(_folder.Log, "quarantine-*.bin").Length);
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task The_record_of_a_recovery_says_what_was_taken_and_where_it_is()
    {
        await FillAsync();
        await File.AppendAllTextAsync(_folder.Segments()[0], "torn");
        await using (AuditLog log = _folder.Open())
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Written, "after");
        }

        System.Text.Json.JsonElement record = Assert.Single(_folder.Lines(), static l => l.GetString("ev") == "log.recover").ToJson();
        Assert.Equal((5, 4), (record.GetProperty("index").GetInt64(), record.GetProperty("bytes").GetInt64()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("torn"u8)), record.GetProperty("sha256").GetString());
        Assert.Equal("torn", await File.ReadAllTextAsync(_folder.Combine("log", record.GetProperty("file").GetString()!)));
    }

    [Fact]
    public async Task Damage_below_a_seal_is_never_cut_and_nothing_is_appended_behind_it()
    {
        await FillAsync();
        string segment = _folder.Segments()[0];
        byte[] before = await File.ReadAllBytesAsync(segment);
        for (int at = 0; at < Array.LastIndexOf(before, (byte)'\n', before.Length - 2); at += 7)
        {
            byte[] damaged = [.. before];
            damaged[at] ^= 1;
            await File.WriteAllBytesAsync(segment, damaged);
            await using AuditLog log = _folder.Open();
            InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(async () => await _folder.WriteAsync(log, AuditAcknowledgement.Written, "x"));
            Assert.Contains(segment, refused.Message, StringComparison.Ordinal);
            await log.DisposeAsync();
            Assert.Equal(damaged, await File.ReadAllBytesAsync(segment));
        }

        Assert.Empty(Directory.GetFiles(_folder.Log, "quarantine-*"));
    }

    [Fact]
    public async Task A_log_that_was_cut_below_its_checkpoint_is_refused()
    {
        await FillAsync();
        string segment = _folder.Segments()[0];
        byte[] before = await File.ReadAllBytesAsync(segment);
        int secondLine = before.AsSpan().IndexOf((byte)'\n') + 1;
        await File.WriteAllBytesAsync(segment, before[..secondLine]);
        await using AuditLog log = _folder.Open();
        Assert.Contains("checkpoint vouches for 4 records", log.TryOpen(), StringComparison.Ordinal);
        Assert.Equal(secondLine, new FileInfo(segment).Length);
    }

    [Fact]
    public async Task A_lost_descriptor_or_key_is_said_and_not_replaced()
    {
        await FillAsync();
        string key = Assert.Single(Directory.GetFiles(_folder.Keys));
        File.Move(key, key + ".away");
        await using (AuditLog log = _folder.Open())
        {
            Assert.Contains("is missing. Restore it from a backup", log.TryOpen(), StringComparison.Ordinal);
        }

        File.Move(key + ".away", key);
        File.Delete(_folder.Combine("log", "log.json"));
        await using (AuditLog log = _folder.Open())
        {
            Assert.Contains("descriptor", log.TryOpen(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_new_log_after_a_lost_key_names_the_end_of_the_old_one()
    {
        await FillAsync();
        var last = AuditCheckpoint.Parse(await File.ReadAllTextAsync(_folder.Combine("log", "checkpoint")));
        Directory.Move(_folder.Log, _folder.Combine("old"));
        _folder.BeginAnew();
        await using (AuditLog log = _folder.Open(o => o.PreviousCheckpoint = last))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Written, "x");
        }

        Assert.Equal(last.Note, _folder.Lines()[0].GetString("previous"));
        await _folder.AssertIntactAsync();
    }

    public void Dispose() => _folder.Dispose();

    private async Task FillAsync()
    {
        await using AuditLog log = _folder.Open();
        await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a", "b");
    }
}
