using System.Text;

namespace ToolGuardrails.Tests.AuditVerification;

public sealed class TailTests
{
    [Fact]
    [Trait("Speed", "slow")]
    public async Task A_tail_that_was_cut_at_any_byte_is_found()
    {
        LogFiles files = Logs.Small().Files();
        byte[] whole = files[LogFiles.Segment(0)];
        using var folder = new TemporaryFolder();
        files.WriteTo(folder.Path);
        for (int length = whole.Length - 1; length >= 0; length--)
        {
            using (FileStream segment = File.OpenWrite(folder.Combine(LogFiles.Segment(0))))
            {
                segment.SetLength(length);
            }

            AuditLogReport report = await AuditLogVerifier.VerifyAsync(folder.Path);
            bool isTorn = length > 0 && whole[length - 1] != '\n';
            Assert.False(report.IsIntact, $"cut at {length}");
            Assert.Equal(isTorn, report.Damage.Any(static d => d.Kind == AuditLogDamageKind.TornTail));
            Assert.True(report.Damage.Count <= 4, report.ToText());
        }
    }

    [Fact]
    public async Task A_torn_line_behind_the_last_seal_is_told_with_its_place()
    {
        LogFiles files = Logs.Small().Files();
        int length = files[LogFiles.Segment(0)].Length;
        files[LogFiles.Segment(0)] = [.. files[LogFiles.Segment(0)], .. "{\"v\":1"u8];
        AuditLogDamage damage = await files.DamagedAsync(AuditLogDamageKind.TornTail);
        Assert.Equal((LogFiles.Segment(0), 8L, 9L, length), (damage.File, damage.Record, damage.Line, damage.Offset));
        Assert.Contains("Open the log for writing once", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_behind_the_last_seal_that_nobody_stored_a_hash_of_can_be_cut_unseen_and_the_checkpoint_of_a_later_seal_shows_it()
    {
        LogBuilder log = Logs.Small().Records(2);
        LogFiles cut = log.Files();
        cut.WithLines(cut.Lines().Take(8)).WithTile();
        await cut.IntactAsync();
        AuditCheckpoint later = log.Seal().Checkpoints[^1];
        await cut.DamagedAsync(AuditLogDamageKind.Anchor, o => o.Checkpoints.Add(later));
    }

    [Fact]
    public async Task Lines_behind_the_last_seal_that_were_cut_are_missed_by_their_hashes()
    {
        LogFiles cut = Logs.Small().Records(2).Files();
        AuditLogDamage damage = await cut.WithLines(cut.Lines().Take(8)).DamagedAsync(AuditLogDamageKind.Tree);
        Assert.Equal((LogFiles.Segment(0), 8L), (damage.File, damage.Record));
        Assert.StartsWith("2 records are missing at the log's end", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_its_line_feed_in_the_middle_is_damage()
    {
        LogFiles files = Logs.Segmented().Files();
        files[LogFiles.Segment(0)] = files[LogFiles.Segment(0)][..^1];
        AuditLogDamage damage = await files.DamagedAsync(AuditLogDamageKind.Line);
        Assert.Equal((LogFiles.Segment(0), 7L, 8L), (damage.File, damage.Record, damage.Line));
    }

    [Fact]
    public async Task Converted_line_ends_are_called_by_their_name_and_dont_flood_the_report()
    {
        LogFiles files = Logs.Long().Files();
        files[LogFiles.Segment(0)] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files[LogFiles.Segment(0)]).Replace("\n", "\r\n", StringComparison.Ordinal));
        AuditLogReport report = await files.VerifyAsync();
        Assert.All(report.Damage, static d => Assert.Equal(AuditLogDamageKind.Line, d.Kind));
        Assert.Equal(20, report.Damage.Count);
        Assert.StartsWith("The line ends in a carriage return", report.Damage[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("This and 254 more of the same kind", report.Damage[^1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\uFEFF", 0, "The file begins with a byte order mark")]
    [InlineData("\n", 3, "The line is empty")]
    [InlineData("\n", 8, "The line is empty")]
    public async Task Other_traces_of_an_editor_are_called_by_their_name(string text, int line, string message)
    {
        LogFiles files = Logs.Small().Files();
        List<byte[]> lines = files.Lines();
        lines.Insert(line, Encoding.UTF8.GetBytes(text));
        AuditLogReport report = await files.WithLines(lines).VerifyAsync();
        Assert.StartsWith(message, report.Damage[0].Message, StringComparison.Ordinal);
        Assert.Equal(AuditLogDamageKind.Line, report.Damage[0].Kind);
        Assert.Single(report.Damage);
    }

    [Fact]
    public async Task Megabytes_without_a_line_feed_are_no_segment()
    {
        LogFiles files = Logs.Small().Files();
        files[LogFiles.Segment(0)] = [.. files[LogFiles.Segment(0)], .. new byte[20 * 1024 * 1024]];
        AuditLogReport report = await files.DamagedAmongAsync(AuditLogDamageKind.Segment);
        Assert.Single(report.Damage);
    }
}
