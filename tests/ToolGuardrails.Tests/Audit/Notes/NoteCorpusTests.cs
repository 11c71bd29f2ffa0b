using System.Text;
using System.Text.Json;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>Notes of Go's module, C2SP and Tessera, and the real proofs and checkpoints of Rekor.</summary>
public sealed class NoteCorpusTests
{
    [CorpusFact]
    public void Published_notes_open_or_are_refused_as_they_are_labelled()
    {
        int opened = 0;
        int refused = 0;
        foreach (JsonElement row in Corpus.Rows("signed_notes.jsonl"))
        {
            JsonElement expected = row.GetProperty("expect");
            if (expected.TryGetProperty("error", out JsonElement error) && error.GetString() == "bad vkey")
            {
                Assert.All(Keys(row), static k => Assert.Throws<FormatException>(() => Ed25519NoteKey.Parse(k)));
                refused++;
                continue;
            }

            Ed25519NoteKey[] keys = [.. Keys(row).Select(Ed25519NoteKey.Parse)];
            byte[] note = row.TryGetProperty("note_base64", out JsonElement bytes) ? bytes.GetBytesFromBase64() : Encoding.UTF8.GetBytes(row.Text("note"));
            bool isOpen = SignedNote.TryOpen(note, keys, out SignedNote? signed, out string? problem);
            Assert.True(isOpen == expected.GetProperty("ok").GetBoolean(), $"{row.Text("name")}: {problem}");
            if (isOpen)
            {
                Assert.Equal(expected.GetProperty("verified").EnumerateArray().Select(static n => n.GetString()), signed!.VerifiedBy.Select(static k => k.Name));
            }

            opened += isOpen ? 1 : 0;
            refused += isOpen ? 0 : 1;
        }

        Assert.Equal(35, opened + refused);
        Assert.InRange(opened, 20, 34);
    }

    [CorpusFact]
    public void Rekors_proofs_and_checkpoints_hold_where_an_independent_verifier_says_so()
    {
        using var hasher = new MerkleTreeHasher();
        var verifier = new MerkleTreeVerifier(hasher);
        int ecdsa = 0;
        int ed25519 = 0;
        foreach (JsonElement row in Corpus.Rows("rekor_inclusion.jsonl"))
        {
            JsonElement computed = row.GetProperty("computed");
            byte[] leaf = new byte[32];
            hasher.Leaf(row.Bytes("leaf_data_base64"), leaf);
            Assert.Equal(row.Bytes("leaf_hash"), leaf);
            Assert.Equal(computed.Flag("inclusion_ok"), verifier.Includes(row.Number("log_index"), row.Number("tree_size"), leaf, row.Hashes("proof"), row.Bytes("root_hash")));
            if (computed.Flag("checkpoint_signature_ok") is not { } isSigned)
            {
                continue;
            }

            bool isEcdsa = row.Text("key_details") == "PKIX_ECDSA_P256_SHA_256";
            using NoteKey key = isEcdsa ? Ecdsa(row) : Ed25519NoteKey.Of(Host(row), row.Bytes("log_public_key_der").AsSpan()[^32..]);
            Assert.Equal(isSigned, SignedNote.TryOpen(Encoding.UTF8.GetBytes(row.Text("checkpoint")), [key], out SignedNote? note, out _));
            if (isSigned)
            {
                Assert.True(Checkpoint.TryParse(note!.Text.Span, out Checkpoint? checkpoint, out string? problem), problem);
                bool matches = checkpoint.Size == row.Number("tree_size") && checkpoint.Root.Span.SequenceEqual(row.Bytes("root_hash"));
                Assert.Equal(computed.Flag("checkpoint_matches_root_and_size"), matches);
                ecdsa += isEcdsa ? 1 : 0;
                ed25519 += isEcdsa ? 0 : 1;
            }
        }

        Assert.Equal((32, 23), (ecdsa, ed25519));
    }

    private static string[] Keys(JsonElement row) => [.. row.GetProperty("vkeys").EnumerateArray().Select(static k => k.GetString()!)];

    private static NoteKey Ecdsa(JsonElement row) =>
        NoteKey.Parse($"{Host(row)}+{Convert.ToHexStringLower(row.Bytes("log_key_id").AsSpan(0, 4))}+{Convert.ToBase64String([2, .. row.Bytes("log_public_key_der")])}");

    private static string Host(JsonElement row) => new Uri(row.Text("log_url")).IsDefaultPort ? new Uri(row.Text("log_url")).Host : new Uri(row.Text("log_url")).Authority;
}
