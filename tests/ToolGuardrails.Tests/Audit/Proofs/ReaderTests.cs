using System.Text;

namespace ToolGuardrails.Tests.AuditProofs;

public sealed class ReaderTests : IDisposable
{
    private readonly ProofLog _log = new();

    [Fact]
    public void Every_record_of_every_segment_comes_in_order_with_its_exact_line()
    {
        ThreeSegments();
        using AuditLogReader reader = _log.Open();
        Assert.Equal((_log.Origin, true, 0L, _log.Count), (reader.Origin, reader.IsSigned, reader.FirstRecord, reader.Count));
        AssertSame(0, reader.Read());
        AssertSame(17, reader.Read(17));
        Assert.Empty(reader.Read(_log.Count));
        for (int i = 0; i < _log.Count; i++)
        {
            Assert.Equal(i, reader[i].Index);
            Assert.Equal(_log.Lines[i], reader[i].Record.Line.ToArray());
        }
    }

    [Fact]
    public void A_line_that_is_being_written_is_not_there_yet()
    {
        _log.AddPrompts(3);
        long whole = _log.Count;
        _log.Tear(Encoding.UTF8.GetString(_log.Lines[^1]));
        using AuditLogReader reader = _log.Open();
        Assert.Equal(whole, reader.Count);
        Assert.Equal(whole, reader.Read().Count());
    }

    [Fact]
    public void A_reader_sees_what_was_there_when_it_was_opened()
    {
        _log.AddPrompts(3);
        using AuditLogReader before = _log.Open();
        _log.AddPrompts(2);
        _log.NextSegment();
        _log.AddPrompts(1);
        Assert.Equal(4, before.Read().Count());
        using AuditLogReader after = _log.Open();
        Assert.Equal(7, after.Read().Count());
    }

    [Fact]
    public void Records_are_read_only_as_they_are_asked_for()
    {
        ThreeSegments();
        using AuditLogReader reader = _log.Open();
        File.Delete(_log.Paths.Segment(10));
        Assert.Equal(10, reader.Read().Take(10).Count());
        IOException gone = Assert.Throws<IOException>(() => reader.Read().Take(11).Count());
        Assert.Contains("Open the reader again", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_pruned_log_the_first_record_is_the_first_that_stayed()
    {
        ThreeSegments();
        _log.Prune(20);
        using AuditLogReader reader = _log.Open();
        Assert.Equal((20, _log.Count), (reader.FirstRecord, reader.Count));
        AssertSame(20, reader.Read());
        Assert.Contains("was pruned", Assert.Throws<ArgumentOutOfRangeException>(() => reader[19]).Message, StringComparison.Ordinal);
        Assert.Contains("isn't there", Assert.Throws<ArgumentOutOfRangeException>(() => reader[_log.Count]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => reader[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(-1));
    }

    [Fact]
    public void A_damaged_line_is_named_and_can_be_passed_over()
    {
        ThreeSegments();
        string path = _log.Paths.Segment(10);
        File.WriteAllText(path, File.ReadAllText(path).Replace("prompt 12", "prompt 21", StringComparison.Ordinal));
        using AuditLogReader reader = _log.Open();
        InvalidDataException damage = Assert.Throws<InvalidDataException>(() => reader.Read().Count());
        Assert.Contains("Record 12 is damaged (segments/00000000000000000010.jsonl, line 3). The line's CRC doesn't fit its bytes. Run 'guardrails verify", damage.Message, StringComparison.Ordinal);
        Assert.Equal(12, reader.Read().Take(12).Count());
        AssertSame(13, reader.Read(13));
    }

    [Fact]
    public void A_segment_that_is_too_short_for_the_next_ones_name_is_damage()
    {
        ThreeSegments();
        string path = _log.Paths.Segment(10);
        File.WriteAllLines(path, File.ReadLines(path).SkipLast(1).ToArray());
        using AuditLogReader reader = _log.Open();
        Assert.Contains("ends behind 9 lines, and has to have 10", Assert.Throws<InvalidDataException>(() => reader.Read().Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_latest_checkpoint_is_the_newest_seal_that_is_one_also_from_an_earlier_segment()
    {
        using (AuditLogReader none = _log.Open())
        {
            Assert.Null(none.LatestCheckpoint);
        }

        _log.AddPrompts(2);
        AuditCheckpoint seal = _log.Seal();
        _log.Add("seal", "\"note\":\"no checkpoint\"");
        _log.Add("seal", "\"note\":5");
        string early = System.Text.Json.JsonSerializer.Serialize(_log.Checkpoint().Note);
        _log.AddPrompts(1);
        _log.Add("seal", $"\"note\":{early}");
        _log.NextSegment();
        _log.AddPrompts(2);
        using AuditLogReader reader = _log.Open();
        Assert.Equal(seal.Note, reader.LatestCheckpoint!.Note);
    }

    [Fact]
    public void The_keys_are_those_of_the_descriptor_and_of_each_change_also_a_pruned_one()
    {
        var rotation = _log.Rotate();
        _log.Rotate();
        using (AuditLogReader reader = _log.Open())
        {
            Assert.Equal(_log.Keys, reader.VerifierKeys);
        }

        using var pruned = new ProofLog();
        rotation = pruned.Rotate();
        pruned.NextSegment();
        pruned.Prune(pruned.Count, rotation);
        using AuditLogReader rest = pruned.Open();
        Assert.Equal(pruned.Keys, rest.VerifierKeys);
    }

    [Fact]
    public void Where_there_is_no_log_and_where_its_descriptor_is_damaged_the_reader_says_so()
    {
        Assert.Contains("There is no audit log", Assert.Throws<FileNotFoundException>(() => AuditLogReader.Open(_log.Elsewhere("nothing"))).Message, StringComparison.Ordinal);
        File.AppendAllText(_log.Paths.Descriptor, " ");
        Assert.Contains("can't be used", Assert.Throws<InvalidDataException>(_log.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_a_reader_does_changes_the_log()
    {
        _log.ApprovedCall("c-1");
        AuditCheckpoint first = _log.Checkpoint();
        _log.Seal();
        Dictionary<string, string> before = _log.Files();
        using AuditLogReader reader = _log.Open();
        Assert.NotEmpty(reader.Read());
        Assert.NotEmpty(reader.VerifierKeys);
        reader.CreateReceipt("c-1");
        reader.ProveConsistency(first);
        reader.ExportTiles(_log.Elsewhere("tiles"));
        Assert.Equal(before, _log.Files());
    }

    public void Dispose() => _log.Dispose();

    private void ThreeSegments()
    {
        _log.AddPrompts(9);
        _log.NextSegment();
        _log.AddPrompts(10);
        _log.NextSegment();
        _log.AddPrompts(5);
    }

    private void AssertSame(int from, IEnumerable<AuditLogEntry> entries)
    {
        AuditLogEntry[] read = [.. entries];
        Assert.Equal(_log.Count - from, read.Length);
        for (int i = 0; i < read.Length; i++)
        {
            Assert.Equal(from + i, read[i].Index);
            Assert.Equal(_log.Lines[from + i], read[i].Record.Line.ToArray());
        }
    }
}
