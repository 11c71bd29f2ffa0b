namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>Somebody who can write to the directory, and makes CRCs fit, but has no key.</summary>
public sealed class TamperTests
{
    private readonly LogFiles _files = Logs.Segmented().Files();

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(15)]
    public async Task A_changed_line_is_named_by_its_hash_in_the_tiles(long segment)
    {
        List<byte[]> lines = _files.Lines(segment);
        lines[1] = LogFiles.Edit(lines[1], "text ", "test ");
        AuditLogDamage damage = await _files.WithLines(lines, segment).DamagedAsync(AuditLogDamageKind.Tree);
        Assert.Equal((LogFiles.Segment(segment), segment + 1, 2, lines[0].Length), (damage.File, damage.Record, damage.Line, damage.Offset));
        Assert.False(damage.IsDerived);
    }

    [Fact]
    public async Task Changed_lines_in_several_places_are_each_named()
    {
        foreach (long segment in new[] { 0L, 8L })
        {
            List<byte[]> lines = _files.Lines(segment);
            lines[2] = LogFiles.Edit(lines[2], "text ", "test ");
            _files.WithLines(lines, segment);
        }

        AuditLogReport report = await _files.VerifyAsync();
        Assert.Equal([2L, 10L], report.Damage.Select(static d => d.Record));
        Assert.All(report.Damage, static d => Assert.Equal(AuditLogDamageKind.Tree, d.Kind));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public async Task A_changed_hash_in_the_tiles_is_found_to_be_the_one_thats_wrong(long segment)
    {
        _files[LogFiles.Tile(segment)][32] ^= 1;
        AuditLogDamage damage = await _files.DamagedAsync(AuditLogDamageKind.Derived);
        Assert.Equal((LogFiles.Tile(segment), segment + 1, 32L, true), (damage.File, damage.Record, damage.Offset, damage.IsDerived));
        Assert.Contains("delete this file and open the log for writing once", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_line_and_another_lines_changed_hash_are_told_apart()
    {
        List<byte[]> lines = _files.Lines(8);
        lines[1] = LogFiles.Edit(lines[1], "text ", "test ");
        _files.WithLines(lines, 8)[LogFiles.Tile(0)][32] ^= 1;
        AuditLogReport report = await _files.VerifyAsync();
        Assert.Equal([(AuditLogDamageKind.Derived, (long?)1), (AuditLogDamageKind.Tree, 9L)], report.Damage.Select(static d => (d.Kind, d.Record)));
    }

    [Fact]
    public async Task A_changed_line_whose_hash_was_changed_with_it_lies_between_two_seals()
    {
        List<byte[]> lines = _files.Lines(8);
        lines[4] = LogFiles.Edit(lines[4], "text ", "test ");
        AuditLogDamage damage = await _files.WithLines(lines, 8).WithTile(8).DamagedAsync(AuditLogDamageKind.Tree);
        Assert.Equal((LogFiles.Segment(8), 14L), (damage.File, damage.Record));
        Assert.Contains("one of the records 11 to 14 was changed", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_line_in_a_log_without_tiles_lies_between_two_seals()
    {
        List<byte[]> lines = _files.Lines();
        lines[5] = LogFiles.Edit(lines[5], "text ", "test ");
        AuditLogReport report = await _files.WithLines(lines).Without(LogFiles.Tile(0)).DamagedAmongAsync(AuditLogDamageKind.Derived);
        Assert.Contains("one of the records 4 to 7 was changed", report.Damage.Single(static d => d.Kind == AuditLogDamageKind.Tree).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0, 7)]
    [InlineData(8, 0)]
    [InlineData(8, 3)]
    [InlineData(15, 1)]
    public async Task A_deleted_line_is_missed_at_its_place(long segment, int line)
    {
        List<byte[]> lines = _files.Lines(segment);
        lines.RemoveAt(line);
        AuditLogReport report = await _files.WithLines(lines, segment).DamagedAmongAsync(AuditLogDamageKind.Tree);
        AuditLogDamage tree = report.Damage.Single(static d => d.Kind == AuditLogDamageKind.Tree);
        Assert.Equal((LogFiles.Segment(segment), segment + line), (tree.File, tree.Record));
        Assert.StartsWith("One record is missing", tree.Message, StringComparison.Ordinal);
        Assert.All(report.Damage, static d => Assert.True(d.Kind is AuditLogDamageKind.Tree or AuditLogDamageKind.Counter, d.ToString()));
        Assert.InRange(report.Damage.Count, 2, 2);
    }

    [Fact]
    public async Task A_deleted_line_in_a_log_without_tiles_is_missed_by_the_counter_and_the_seals()
    {
        List<byte[]> lines = _files.Lines(15);
        lines.RemoveAt(1);
        AuditLogReport report = await _files.WithLines(lines, 15).Without(LogFiles.Tile(15)).DamagedAmongAsync(AuditLogDamageKind.Counter);
        AuditLogDamage counter = report.Damage.Single(static d => d.Kind == AuditLogDamageKind.Counter);
        Assert.Equal((16L, 2L), (counter.Record, counter.Line));
        Assert.Contains(report.Damage, static d => d.Kind is AuditLogDamageKind.Tree or AuditLogDamageKind.Seal);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(8, 0)]
    [InlineData(15, 4)]
    public async Task An_inserted_line_is_named(long segment, int line)
    {
        List<byte[]> lines = _files.Lines(segment);
        lines.Insert(line, new LogBuilder(isSigned: false).Records(1).Lines[1]);
        AuditLogDamage damage = await _files.WithLines(lines, segment).DamagedAsync(AuditLogDamageKind.Tree);
        Assert.Equal((LogFiles.Segment(segment), line + 1L), (damage.File, damage.Line));
        Assert.StartsWith("One record is too many here", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_duplicated_line_is_named()
    {
        List<byte[]> lines = _files.Lines();
        lines.Insert(3, lines[2]);
        AuditLogReport report = await _files.WithLines(lines).VerifyAsync();
        Assert.Equal([(AuditLogDamageKind.Counter, (long?)4), (AuditLogDamageKind.Tree, 4L)], report.Damage.Select(static d => (d.Kind, d.Line)));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 5)]
    public async Task Exchanged_lines_are_named(int a, int b)
    {
        List<byte[]> lines = _files.Lines();
        (lines[a], lines[b]) = (lines[b], lines[a]);
        AuditLogReport report = await _files.WithLines(lines).VerifyAsync();
        Assert.Contains(report.Damage, d => d.Kind == AuditLogDamageKind.Tree && d.Record == a && d.Message.Contains("exchanged", StringComparison.Ordinal));
        Assert.Contains(report.Damage, static d => d.Kind == AuditLogDamageKind.Counter);
        Assert.All(report.Damage, static d => Assert.True(d.Kind is AuditLogDamageKind.Tree or AuditLogDamageKind.Counter));
    }

    [Fact]
    public async Task A_missing_segment_is_named_and_its_hashes_keep_the_rest_verifiable()
    {
        AuditLogDamage damage = await _files.Without(LogFiles.Segment(8)).DamagedAsync(AuditLogDamageKind.Segment);
        Assert.Equal(LogFiles.Segment(8), damage.File);
        Assert.StartsWith("The records 8 to 14 are missing.", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_segment_without_its_hashes_leaves_a_note_on_what_wasnt_checked()
    {
        AuditLogReport report = await _files.Without(LogFiles.Segment(8), LogFiles.Tile(8)).VerifyAsync();
        Assert.Equal([AuditLogDamageKind.Segment], report.Damage.Select(static d => d.Kind));
        Assert.Contains("Because of the damage, the seals behind it couldn't be compared with the records.", report.Notes);
    }

    [Fact]
    public async Task A_missing_first_segment_without_a_prune_line_is_damage()
    {
        AuditLogDamage damage = await _files.Without(LogFiles.Segment(0)).DamagedAsync(AuditLogDamageKind.Segment);
        Assert.Contains("no sealed prune line", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_last_segment_is_noticed_by_the_checkpoint()
    {
        AuditLogReport report = await _files.Without(LogFiles.Segment(15)).DamagedAmongAsync(AuditLogDamageKind.Checkpoint);
        Assert.Contains(report.Damage, static d => d.Message.Contains("the log was cut or rolled back", StringComparison.Ordinal) && !d.IsDerived);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(15)]
    public async Task A_renamed_segment_is_recognised(long segment)
    {
        _files[LogFiles.Segment(segment + 3)] = _files[LogFiles.Segment(segment)];
        AuditLogDamage damage = await _files.Without(LogFiles.Segment(segment)).DamagedAsync(AuditLogDamageKind.Segment);
        Assert.Equal(LogFiles.Segment(segment + 3), damage.File);
        Assert.Contains($"Call it {segment:D20}.jsonl again.", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copied_segment_is_out_of_place()
    {
        _files[LogFiles.Segment(10)] = _files[LogFiles.Segment(8)];
        AuditLogDamage damage = await _files.DamagedAsync(AuditLogDamageKind.Segment);
        Assert.Equal(LogFiles.Segment(10), damage.File);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_segment_of_another_log_is_found(bool withTile)
    {
        LogFiles other = Logs.Segmented().Files();
        _files[LogFiles.Segment(8)] = other[LogFiles.Segment(8)];
        if (withTile)
        {
            _files[LogFiles.Tile(8)] = other[LogFiles.Tile(8)];
        }

        AuditLogReport report = await _files.DamagedAmongAsync(AuditLogDamageKind.Tree);
        Assert.All(report.Damage, static d => Assert.True(d.Kind is AuditLogDamageKind.Tree or AuditLogDamageKind.Counter, d.ToString()));
        Assert.Contains(report.Damage, static d => d.Kind == AuditLogDamageKind.Tree && d.File == LogFiles.Segment(8));
    }

    [Fact]
    public async Task An_empty_segment_in_the_middle_is_damage_and_one_at_the_end_isnt()
    {
        await Logs.Segmented().Segment().Files().IntactAsync();
        LogFiles files = _files.WithLines([], 8);
        await files.DamagedAmongAsync(AuditLogDamageKind.Segment);
    }

    [Fact]
    public async Task A_log_without_records_isnt_intact()
    {
        LogFiles files = new() { ["log.json"] = new LogBuilder().Descriptor };
        AuditLogDamage damage = await files.DamagedAsync(AuditLogDamageKind.Segment);
        Assert.Equal("segments", damage.File);
        files[LogFiles.Segment(0)] = [];
        await files.DamagedAsync(AuditLogDamageKind.LogOpen);
    }
}
