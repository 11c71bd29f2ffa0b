using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>Where proofs take their hashes from: tiles, lines where tiles are missing, and tiles alone where lines were pruned.</summary>
public sealed class StoredHashesTests : IDisposable
{
    private readonly ProofLog _log = new();
    private readonly AuditCheckpoint _early;
    private readonly long _third;

    public StoredHashesTests()
    {
        _log.AddPrompts(300);
        _log.NextSegment();
        _early = _log.Checkpoint();
        _log.ApprovedCall("c-1");
        _log.AddPrompts(500);
        _log.NextSegment();
        _third = _log.Count;
        _log.AddPrompts(20);
        _log.Seal();
        _log.WriteTiles();
    }

    [Fact]
    public void Missing_and_short_tiles_change_no_proof()
    {
        string[] whole = Proofs();
        string leaves = _log.Paths.LeafTile(301);
        AssertSame(whole, () => File.WriteAllBytes(leaves, File.ReadAllBytes(leaves)[..(32 * 40)]));
        AssertSame(whole, () => File.WriteAllBytes(leaves, File.ReadAllBytes(leaves)[..((32 * 40) - 7)]));
        AssertSame(whole, () => File.WriteAllBytes(_log.Paths.Row(1), File.ReadAllBytes(_log.Paths.Row(1))[..(32 + 7)]));
        AssertSame(whole, () => File.Delete(_log.Paths.Row(1)));
        AssertSame(whole, () => File.Delete(leaves));
        AssertSame(whole, () => Directory.Delete(_log.Paths.Tiles, recursive: true));
    }

    [Fact]
    public void A_wrong_tile_gives_no_proof_at_all()
    {
        Flip(_log.Paths.LeafTile(_third), 32 * 19);
        AssertRefused();
        _log.WriteTiles();
        Flip(_log.Paths.Row(1), 32);
        AssertRefused();
        _log.WriteTiles();
        Proofs();
    }

    [Fact]
    public void A_record_that_was_changed_with_its_checksum_gives_no_receipt()
    {
        int decision = _log.Lines.FindIndex(static l => new AuditRecord(l).CallId == "other-c-1");
        string path = _log.Paths.Segment(301);
        string[] lines = File.ReadAllLines(path);
        int at = decision - 301;
        string body = lines[at].Replace("\"effect\":\"deny\"", "\"effect\":\"allow\"", StringComparison.Ordinal)[..^18];
        lines[at] = body + $",\"crc\":\"{LineStamp.Crc32C(System.Text.Encoding.UTF8.GetBytes(body)):x8}\"}}";
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        using AuditLogReader reader = _log.Open();
        Assert.Contains($"Record {decision} isn't the one that was sealed.", Assert.Throws<InvalidDataException>(() => reader.CreateReceipt("other-c-1")).Message, StringComparison.Ordinal);
        Directory.Delete(_log.Paths.Tiles, recursive: true);
        Assert.Contains("names another root", Assert.Throws<InvalidDataException>(() => reader.CreateReceipt(decision)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hashes_of_pruned_records_still_prove()
    {
        _log.Prune(301);
        AuditCheckpoint pruned = _log.Seal();
        using AuditLogReader reader = _log.Open();
        Assert.Equal(301, reader.FirstRecord);
        Assert.True(reader.CreateReceipt("c-1").Verify([_log.Key]).IsValid);
        AuditConsistencyProof proof = reader.ProveConsistency(_early, pruned);
        Assert.True(proof.Verify([_log.Key]).IsValid, proof.Verify([_log.Key]).Problem);
        File.Delete(_log.Paths.Row(1));
        Assert.Equal(proof.ToJson(), reader.ProveConsistency(_early, pruned).ToJson());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pruned_hashes_that_are_gone_are_named_and_cant_be_made_again(bool isShort)
    {
        _log.Prune(301);
        string tile = _log.Paths.LeafTile(0);
        byte[] half = File.ReadAllBytes(tile)[..(32 * 150)];
        File.Delete(tile);
        File.Delete(_log.Paths.Row(1));
        if (isShort)
        {
            File.WriteAllBytes(tile, half);
        }

        using AuditLogReader reader = _log.Open();
        string message = Assert.Throws<InvalidDataException>(() => reader.CreateReceipt("c-1")).Message;
        Assert.Contains("can't be made again", message, StringComparison.Ordinal);
        Assert.Contains(_log.Paths.LeafTiles, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_whose_decision_was_pruned_has_no_receipt()
    {
        _log.Prune(_third);
        using AuditLogReader reader = _log.Open();
        Assert.Contains($"The records before {_third} were pruned", Assert.Throws<InvalidOperationException>(() => reader.CreateReceipt("c-1")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _log.Dispose();

    private static void Flip(string path, int at)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private string[] Proofs()
    {
        using AuditLogReader reader = _log.Open();
        AuditReceipt receipt = reader.CreateReceipt("c-1");
        AuditConsistencyProof proof = reader.ProveConsistency(_early);
        Assert.True(receipt.Verify([_log.Key]).IsValid, receipt.Verify([_log.Key]).Problem);
        Assert.True(proof.Verify([_log.Key]).IsValid, proof.Verify([_log.Key]).Problem);
        return [receipt.ToJson(), proof.ToJson()];
    }

    private void AssertSame(string[] expected, Action damage)
    {
        damage();
        Assert.Equal(expected, Proofs());
        _log.WriteTiles();
    }

    private void AssertRefused()
    {
        using AuditLogReader reader = _log.Open();
        Assert.Contains("Run 'guardrails verify", Assert.Throws<InvalidDataException>(() => reader.CreateReceipt("c-1")).Message, StringComparison.Ordinal);
        Assert.Contains("Run 'guardrails verify", Assert.Throws<InvalidDataException>(() => reader.ProveConsistency(_early)).Message, StringComparison.Ordinal);
        Assert.Contains("Run 'guardrails verify", Assert.Throws<InvalidDataException>(() => reader.ExportTiles(_log.Elsewhere("tiles"))).Message, StringComparison.Ordinal);
    }
}
