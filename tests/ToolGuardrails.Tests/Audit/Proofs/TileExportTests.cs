using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Audit;
using ToolGuardrails.Tests.AuditNotes;

namespace ToolGuardrails.Tests.AuditProofs;

public sealed class TileExportTests : IDisposable
{
    private readonly ProofLog _log = new();

    [Theory]
    [InlineData("0", 0, 256, "tile/0/000")]
    [InlineData("0", 5, 1, "tile/0/005.p/1")]
    [InlineData("63", 999, 255, "tile/63/999.p/255")]
    [InlineData("1", 1000, 256, "tile/1/x001/000")]
    [InlineData("entries", 1_234_067, 256, "tile/entries/x001/x234/067")]
    [InlineData("entries", 1_234_067, 8, "tile/entries/x001/x234/067.p/8")]
    [InlineData("0", 1_000_000_000, 256, "tile/0/x001/x000/x000/000")]
    public void Tiles_are_named_as_the_specification_says(string level, long index, int width, string name) =>
        Assert.Equal(name, TileExport.Name(level, index, width));

    [Fact]
    public void An_export_has_the_checkpoint_the_entries_and_each_level_up_to_the_seals_size()
    {
        _log.AddPrompts(600);
        _log.NextSegment();
        _log.AddPrompts(200);
        AuditCheckpoint seal = _log.Seal();
        _log.AddPrompts(10);
        Dictionary<string, byte[]> files = Export();
        Assert.Equal(801, seal.Size);
        Assert.Equal(
            ["checkpoint", "tile/0/000", "tile/0/001", "tile/0/002", "tile/0/003.p/33", "tile/1/000.p/3", "tile/entries/000", "tile/entries/001", "tile/entries/002", "tile/entries/003.p/33"],
            files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(seal.Note, Encoding.UTF8.GetString(files["checkpoint"]));
        Assert.Equal(_log.Lines[..801], Entries(files, 0, 4));
        AssertTiles(files, 801);
    }

    [Fact]
    public void A_size_that_fills_its_last_tile_has_no_partial_one()
    {
        _log.AddPrompts(511);
        _log.Seal();
        Dictionary<string, byte[]> files = Export();
        Assert.Equal(["checkpoint", "tile/0/000", "tile/0/001", "tile/1/000.p/2", "tile/entries/000", "tile/entries/001"], files.Keys.Order(StringComparer.Ordinal));
        AssertTiles(files, 512);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public void A_log_of_70_000_records_has_a_third_level()
    {
        _log.AddPrompts(69_999);
        _log.Seal();
        Dictionary<string, byte[]> files = Export();
        Assert.Equal(256 * 32, files["tile/1/000"].Length);
        Assert.Equal(32, files["tile/2/000.p/1"].Length);
        Assert.Equal(17 * 32, files["tile/1/001.p/17"].Length);
        AssertTiles(files, 70_000);
    }

    [Fact]
    public void Pruned_records_are_left_out_and_their_hashes_are_not()
    {
        _log.AddPrompts(599);
        _log.NextSegment();
        _log.AddPrompts(400);
        _log.Prune(600);
        _log.Seal();
        int size = (int)_log.Count - 1;
        Dictionary<string, byte[]> files = Export();
        Assert.Equal(1002, size);
        AssertTiles(files, size);
        // Entries 512 to 599 are gone, so the bundle that would begin with them is too.
        Assert.Equal(["tile/entries/003.p/234"], files.Keys.Where(static f => f.Contains("entries", StringComparison.Ordinal)));
        Assert.Equal(_log.Lines[768..size], Entries(files, 3, 4));
    }

    [CorpusFact]
    public void The_published_tile_log_has_the_tiles_that_we_make_of_its_leaves()
    {
        JsonElement row = Assert.Single(Corpus.Rows("tlog_tiles.jsonl"));
        string[] leaves = [.. row.GetProperty("leaves").EnumerateArray().Select(static l => l.GetString()!)];
        JsonElement published = row.GetProperty("files_base64");
        using var hasher = new MerkleTreeHasher();
        for (int size = 1; size <= leaves.Length; size++)
        {
            var tiles = new Dictionary<string, byte[]>();
            var tower = new TileTower(hasher, (level, index, tile) => tiles.Add(TileExport.Name($"{level}", index, tile.Length / 32), tile.ToArray()));
            byte[] hash = new byte[32];
            foreach (string leaf in leaves[..size])
            {
                hasher.Leaf(Encoding.UTF8.GetBytes(leaf), hash);
                tower.Append(hash);
            }

            tower.Finish();
            (string name, byte[] bytes) = Assert.Single(tiles);
            Assert.Equal(published.GetProperty(name).GetBytesFromBase64(), bytes);
        }
    }

    [Fact]
    public void An_export_goes_only_into_an_empty_directory_outside_the_log_and_only_of_a_sealed_one()
    {
        using (AuditLogReader unsealed = _log.Open())
        {
            Assert.Contains("not sealed yet", Assert.Throws<InvalidOperationException>(() => unsealed.ExportTiles(_log.Elsewhere("out"))).Message, StringComparison.Ordinal);
        }

        _log.Seal();
        using AuditLogReader reader = _log.Open();
        foreach (string inside in new[] { _log.Path, Path.Combine(_log.Path, "out"), Path.Combine(_log.Path, "tiles", "..", "..x") })
        {
            Assert.Contains("lies in the log's own", Assert.Throws<IOException>(() => reader.ExportTiles(inside)).Message, StringComparison.Ordinal);
        }

        string full = _log.Elsewhere("full");
        Directory.CreateDirectory(Path.Combine(full, "x"));
        Assert.Contains("isn't empty", Assert.Throws<IOException>(() => reader.ExportTiles(full)).Message, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(full, "x"));
        reader.ExportTiles(full);
        reader.ExportTiles(_log.Path + "-beside");
        Directory.Delete(_log.Path + "-beside", recursive: true);
    }

    [Fact]
    public void A_log_whose_lines_are_not_those_that_were_sealed_is_exported_without_a_checkpoint()
    {
        _log.AddPrompts(10);
        _log.Seal();
        _log.WriteTiles();
        string path = _log.Paths.Segment(0);
        File.WriteAllText(path, File.ReadAllText(path).Replace("prompt 5", "prompt 6", StringComparison.Ordinal));
        using AuditLogReader reader = _log.Open();
        Assert.Contains("is of no use", Assert.Throws<InvalidDataException>(() => reader.ExportTiles(_log.Elsewhere("out"))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_log.Elsewhere("out"), "checkpoint")));
    }

    [OpenSslFact]
    public void Openssl_verifies_the_exported_checkpoint()
    {
        _log.AddPrompts(3);
        _log.Seal();
        string text = Encoding.UTF8.GetString(Export()["checkpoint"]);
        string signed = text[..(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
        File.WriteAllBytes(_log.Elsewhere("signature"), Convert.FromBase64String(text.Trim().Split(' ')[^1])[4..]);
        string key = Convert.ToBase64String(Convert.FromBase64String(_log.Key.Split('+', 3)[2])[1..]);
        File.WriteAllText(_log.Elsewhere("key.pem"), $"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n");
        Assert.Equal((0, "Verified OK\n"), OpenSslVerify(signed));
        Assert.NotEqual(0, OpenSslVerify(signed.Replace("\n4\n", "\n5\n", StringComparison.Ordinal)).ExitCode);
    }

    public void Dispose() => _log.Dispose();

    private static List<byte[]> Entries(Dictionary<string, byte[]> files, int from, int to)
    {
        var entries = new List<byte[]>();
        for (int bundle = from; bundle < to; bundle++)
        {
            byte[] bytes = files.Single(f => f.Key.StartsWith($"tile/entries/{bundle:D3}", StringComparison.Ordinal)).Value;
            for (int at = 0, length; at < bytes.Length; at += 2 + length)
            {
                length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
                entries.Add(bytes[(at + 2)..(at + 2 + length)]);
            }
        }

        return entries;
    }

    private (int ExitCode, string Output) OpenSslVerify(string text)
    {
        File.WriteAllText(_log.Elsewhere("text"), text);
        return OpenSsl.Run("dgst", "-sha256", "-verify", _log.Elsewhere("key.pem"), "-signature", _log.Elsewhere("signature"), _log.Elsewhere("text"));
    }

    private Dictionary<string, byte[]> Export()
    {
        using AuditLogReader reader = _log.Open();
        string directory = _log.Elsewhere("export");
        reader.ExportTiles(directory);
        return Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(directory, f).Replace('\\', '/'), File.ReadAllBytes);
    }

    /// <summary>Each level is the row of the roots of 256 of the level below, cut into tiles of 256.</summary>
    private void AssertTiles(Dictionary<string, byte[]> files, int size)
    {
        int tiles = 0;
        List<byte[]> row = _log.Leaves[..size];
        for (int level = 0; row.Count > 0; level++)
        {
            foreach ((int index, byte[][] tile) in row.Chunk(256).Index())
            {
                Assert.Equal(tile.SelectMany(static h => h), files[TileExport.Name($"{level}", index, tile.Length)]);
                tiles++;
            }

            row = [.. row.Chunk(256).Where(static c => c.Length == 256).Select(Naive)];
        }

        Assert.Equal(tiles, files.Keys.Count(static f => f.StartsWith("tile/", StringComparison.Ordinal) && !f.StartsWith("tile/entries", StringComparison.Ordinal)));
    }

    private static byte[] Naive(byte[][] row) => row.Length == 1 ? row[0] : Naive([.. row.Chunk(2).Select(static p => SHA256.HashData([1, .. p[0], .. p[1]]))]);
}
