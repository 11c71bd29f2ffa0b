using System.Text.Json.Nodes;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>What a receipt's or a proof's file may look like.</summary>
public sealed class ProofFileTests : IDisposable
{
    private const string Hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    private readonly ProofLog _log = new();
    private readonly JsonObject _receipt;
    private readonly JsonObject _proof;

    public ProofFileTests()
    {
        _log.Decision("c-1");
        AuditCheckpoint first = _log.Seal();
        _log.Seal();
        using AuditLogReader reader = _log.Open();
        _receipt = JsonNode.Parse(reader.CreateReceipt("c-1").ToJson())!.AsObject();
        _proof = JsonNode.Parse(reader.ProveConsistency(first).ToJson())!.AsObject();
    }

    [Fact]
    public void The_files_look_as_the_page_says()
    {
        Assert.Equal(["format", "call", "checkpoint", "records"], _receipt.Select(static m => m.Key));
        Assert.Equal("guardrails-receipt/1", _receipt["format"]!.GetValue<string>());
        Assert.Equal(["index", "line", "proof"], _receipt["records"]![0]!.AsObject().Select(static m => m.Key));
        Assert.Equal(["format", "first", "second", "proof"], _proof.Select(static m => m.Key));
        Assert.Equal("guardrails-consistency/1", _proof["format"]!.GetValue<string>());
    }

    [Fact]
    public void White_space_and_the_members_order_mean_nothing()
    {
        var turned = new JsonObject(_receipt.Reverse().Select(static m => new KeyValuePair<string, JsonNode?>(m.Key, m.Value!.DeepClone())));
        AuditReceipt receipt = AuditReceipt.Parse(turned.ToJsonString(new() { WriteIndented = true }) + "\n");
        Assert.True(receipt.Verify([_log.Key]).IsValid);
        Assert.True(AuditConsistencyProof.Parse($" {_proof.ToJsonString()}\r\n").Verify([_log.Key]).IsValid);
    }

    [Fact]
    public void What_is_no_receipt_is_refused_in_whole_sentences()
    {
        Receipt("isn't one JSON value", "");
        Receipt("isn't one JSON value", "{");
        Receipt("isn't one JSON value", _receipt.ToJsonString() + "{}");
        Receipt("isn't one JSON value", "{\"format\":\"guardrails-receipt/1\",\"format\":\"guardrails-receipt/1\"}");
        Receipt("isn't one JSON value", "{\"format\":\"guardrails-receipt/1\",\"\\u0066ormat\":\"guardrails-receipt/1\"}");
        Receipt("isn't one JSON value", "// a\n{}");
        Receipt("isn't one JSON value", string.Concat(Enumerable.Repeat("[", 100)));
        Receipt("isn't a JSON object", "[]");
        Receipt("isn't a JSON object", "null");
        Receipt("isn't a JSON object", "\"\\ud800\"");
        Receipt("half a surrogate pair", "\"\ud800\"");
        Receipt("half a surrogate pair", "{\"format\":\"guardrails-receipt/1\",\"\\ud800\":1}");
        Receipt("half a surrogate pair", _receipt.ToJsonString().Replace("\"line\":\"", "\"line\":\"\\ud800", StringComparison.Ordinal));
        Receipt("isn't of the format 'guardrails-receipt/1'", "{}");
        Receipt("isn't of the format", _proof.ToJsonString());
        Receipt("the most is 16777216", new string(' ', (16 * 1024 * 1024) + 1));
    }

    [Fact]
    public void Each_member_of_a_receipt_has_one_form()
    {
        Receipt("isn't of the format", r => r["format"] = "guardrails-receipt/2");
        Receipt("The member 'format' isn't a text", r => r["format"] = 1);
        Receipt("member 'extra' that its format doesn't know", r => r["extra"] = 1);
        Receipt("has no member 'checkpoint'", r => r.Remove("checkpoint"));
        Receipt("has no member 'records'", r => r.Remove("records"));
        Receipt("The member 'call' isn't a text", r => r["call"] = null);
        Receipt("isn't a checkpoint", r => r["checkpoint"] = "x\n\n");
        Receipt("The member 'checkpoint' isn't a text", r => r["checkpoint"] = 1);
        Receipt("isn't a list of 1 to 256 records", r => r["records"] = new JsonArray());
        Receipt("isn't a list of 1 to 256 records", r => r["records"] = "x");
        Receipt("isn't a list of 1 to 256 records", r => r["records"] = Many(257));
        Receipt("in the order of their indexes", r => r["records"] = Many(2));
        Receipt("and names no call", r => { r.Remove("call"); r["records"] = new JsonArray(At(1), At(2)); });
        Receipt("isn't a JSON object", r => r["records"]![0] = 1);
        Receipt("record of the receipt has a member 'x'", r => r["records"]![0]!["x"] = 1);
        Receipt("record of the receipt has no member 'line'", r => r["records"]![0]!.AsObject().Remove("line"));
        Receipt("isn't a whole number from 0", r => r["records"]![0]!["index"] = "1");
        Receipt("isn't a whole number from 0", r => r["records"]![0]!["index"] = -1);
        Receipt("isn't a whole number from 0", r => r["records"]![0]!["index"] = JsonNode.Parse("-0"));
        Receipt("isn't a whole number from 0", r => r["records"]![0]!["index"] = JsonNode.Parse("1.0"));
        Receipt("isn't a whole number from 0", r => r["records"]![0]!["index"] = JsonNode.Parse("1e0"));
        Receipt("isn't a whole number from 0", r => r["records"]![0]!["index"] = JsonNode.Parse("9223372036854775808"));
        Receipt("isn't one line of at most 65535 bytes", r => r["records"]![0]!["line"] = "a\nb");
        Receipt("isn't one line of at most 65535 bytes", r => r["records"]![0]!["line"] = new string('a', 65_536));
    }

    [Theory]
    [InlineData("\"x\"")]
    [InlineData("[1]")]
    [InlineData("[\"\"]")]
    [InlineData("[\"AAAA\"]")]
    [InlineData("[\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\"]")] // A bit left over.
    [InlineData("[\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\"]")] // No padding.
    [InlineData("[\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\"]")] // Another alphabet.
    [InlineData("[\" 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"]")]
    [InlineData("[\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n\"]")]
    public void A_proof_is_a_list_of_hashes_in_canonical_base64(string proof)
    {
        Receipt("'proof' is", r => r["records"]![0]!["proof"] = JsonNode.Parse(proof));
        Consistency("'proof' is", r => r["proof"] = JsonNode.Parse(proof));
    }

    [Fact]
    public void Each_member_of_a_consistency_proof_has_one_form()
    {
        Consistency("isn't of the format 'guardrails-consistency/1'", p => p["format"] = "guardrails-receipt/1");
        Consistency("member 'extra'", p => p["extra"] = 1);
        Consistency("has no member 'second'", p => p.Remove("second"));
        Consistency("The member 'first' isn't a checkpoint", p => p["first"] = "");
        Consistency("at most 64 hashes", p => p["proof"] = new JsonArray([.. Enumerable.Repeat(Hash, 65).Select(static h => (JsonNode)h)]));
        Assert.Contains("the most is 1048576", Assert.Throws<FormatException>(() => AuditConsistencyProof.Parse(new string(' ', (1024 * 1024) + 1))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _log.Dispose();

    private static void Receipt(string problem, string text)
    {
        string message = Assert.Throws<FormatException>(() => AuditReceipt.Parse(text)).Message;
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    private void Receipt(string problem, Action<JsonObject> change)
    {
        JsonObject receipt = _receipt.DeepClone().AsObject();
        change(receipt);
        Receipt(problem, receipt.ToJsonString());
    }

    private void Consistency(string problem, Action<JsonObject> change)
    {
        JsonObject proof = _proof.DeepClone().AsObject();
        change(proof);
        Assert.Contains(problem, Assert.Throws<FormatException>(() => AuditConsistencyProof.Parse(proof.ToJsonString())).Message, StringComparison.Ordinal);
    }

    private JsonArray Many(int count) => new([.. Enumerable.Repeat(1, count).Select(At)]);

    private JsonNode At(int index)
    {
        JsonNode record = _receipt["records"]![0]!.DeepClone();
        record["index"] = index;
        return record;
    }
}
