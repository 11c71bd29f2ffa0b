using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>The vectors of transparency-dev/merkle.</summary>
public sealed class MerkleCorpusTests : IDisposable
{
    private readonly MerkleTreeHasher _hasher = new();

    [CorpusFact]
    public void Published_proofs_are_taken_or_refused_as_they_are_labelled()
    {
        var verifier = new MerkleTreeVerifier(_hasher);
        int taken = 0;
        int refused = 0;
        foreach (JsonElement row in Corpus.Rows("merkle_proofs.jsonl"))
        {
            bool? verdict = row.Text("type") switch
            {
                "inclusion" => verifier.Includes(row.Number("leafIdx"), row.Number("treeSize"), row.Bytes("leafHash"), row.Hashes("proof"), row.Bytes("root")),
                "consistency" => verifier.Extends(row.Number("size1"), Root(row, "root1"), row.Number("size2"), Root(row, "root2"), row.Hashes("proof")),
                _ => null,
            };
            if (verdict is { } isTaken)
            {
                Assert.True(isTaken == !row.Flag("wantErr"), row.Text("path"));
                taken += isTaken ? 1 : 0;
                refused += isTaken ? 0 : 1;
            }
        }

        Assert.Equal((12, 131), (taken, refused));
    }

    [CorpusFact]
    public void Published_trees_have_our_leaves_nodes_and_roots()
    {
        JsonElement row = Assert.Single(Corpus.Rows("merkle_trees.jsonl"));
        byte[][] leaves = [.. row.GetProperty("leaf_inputs_hex").EnumerateArray().Select(l => Leaf(Convert.FromHexString(l.GetString()!)))];
        using var tree = new GrownTree(leaves);
        Assert.Equal(row.GetProperty("root_hex_by_size").EnumerateArray().Select(static r => r.GetString()), tree.Roots.Select(Convert.ToHexStringLower));
        int nodes = 0;
        foreach ((int level, JsonElement hashes) in row.GetProperty("node_hex_by_level").EnumerateArray().Index())
        {
            foreach ((int index, JsonElement hash) in hashes.EnumerateArray().Index())
            {
                byte[] node = new byte[32];
                tree.Read(level, index, node);
                Assert.Equal(hash.GetString(), Convert.ToHexStringLower(node));
                nodes++;
            }
        }

        Assert.Equal(15, nodes);
    }

    [CorpusFact]
    public void Each_checkpoint_of_the_published_tile_log_is_signed_and_names_our_root()
    {
        JsonElement row = Assert.Single(Corpus.Rows("tlog_tiles.jsonl"));
        byte[][] leaves = [.. row.GetProperty("leaves").EnumerateArray().Select(l => Leaf(Encoding.UTF8.GetBytes(l.GetString()!)))];
        using var tree = new GrownTree(leaves);
        using var key = Ed25519NoteKey.Parse(row.Text("vkey"));
        int checkpoints = 0;
        foreach (JsonProperty file in row.GetProperty("files_base64").EnumerateObject().Where(static f => f.Name.StartsWith("checkpoint", StringComparison.Ordinal)))
        {
            Assert.True(SignedNote.TryOpen(file.Value.GetBytesFromBase64(), [key], out SignedNote? note, out string? problem), problem);
            Assert.True(Checkpoint.TryParse(note.Text.Span, out Checkpoint? checkpoint, out problem), problem);
            Assert.Equal(row.Text("origin"), checkpoint.Origin);
            Assert.Equal(tree.Roots[(int)checkpoint.Size], checkpoint.Root.ToArray());
            Assert.Equal(note.Text.ToArray(), checkpoint.ToText());
            checkpoints++;
        }

        Assert.Equal(17, checkpoints);
        Assert.Equal(leaves.SelectMany(static l => l), row.GetProperty("files_base64").GetProperty("tile/0/000.p/15").GetBytesFromBase64());
    }

    public void Dispose() => _hasher.Dispose();

    // Some rows on consistency say "don't care" where a root belongs, one of them in both places and to be taken. We refuse the length alone, so the words' digests stand in.
    private static byte[] Root(JsonElement row, string name) => row.Bytes(name) is { Length: not 32 } text ? SHA256.HashData(text) : row.Bytes(name);

    private byte[] Leaf(byte[] leaf)
    {
        byte[] hash = new byte[32];
        _hasher.Leaf(leaf, hash);
        return hash;
    }
}
