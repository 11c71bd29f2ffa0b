using System.Text.Json.Nodes;

namespace ToolGuardrails.Tests.AuditProofs;

public sealed class ReceiptTamperTests : IDisposable
{
    private readonly ProofLog _log = new();
    private readonly string _receipt;
    private readonly string _other;
    private readonly string _small;

    public ReceiptTamperTests()
    {
        _log.ApprovedCall("c-1");
        _log.ApprovedCall("c-2");
        _log.Decision("c-3");
        _log.Outcome("c-3");
        _log.Seal();
        using AuditLogReader reader = _log.Open();
        _receipt = reader.CreateReceipt("c-1").ToJson();
        _other = reader.CreateReceipt("c-2").ToJson();
        _small = reader.CreateReceipt("c-3").ToJson();
    }

    [Fact]
    [Trait("Speed", "slow")]
    public void Every_flipped_bit_of_a_receipt_is_refused_or_means_the_same()
    {
        EveryBit.IsRefusedOrMeansTheSame(_small, IsValid, static text => AuditReceipt.Parse(text).ToJson());
    }

    [Fact]
    public void Every_missing_or_doubled_byte_of_a_receipt_is_refused_or_means_the_same()
    {
        for (int at = 0; at < _receipt.Length; at++)
        {
            foreach (string text in new[] { _receipt.Remove(at, 1), _receipt.Insert(at, _receipt[at].ToString()), _receipt[..at] })
            {
                Assert.True(!IsValid(text) || AuditReceipt.Parse(text).ToJson() == _receipt, text);
            }
        }
    }

    [Fact]
    public void Nothing_of_a_receipt_can_be_exchanged_for_something_of_another()
    {
        JsonArray others = Parts(_other);
        Refuse(r => r["call"] = "c-2");
        Refuse(r => r["call"] = "C-1");
        Refuse(r => r.Remove("call"));
        Refuse(r => Records(r)[0]!["index"] = Records(r)[0]!["index"]!.GetValue<long>() - 1);
        Refuse(r => Records(r)[3]!["index"] = Records(r)[3]!["index"]!.GetValue<long>() + 1);
        Refuse(r => Records(r)[3]!["index"] = 1_000_000);
        Refuse(r => Records(r)[3]!["index"] = long.MaxValue);
        Refuse(r => Records(r)[0]!["line"] = others[0]!["line"]!.DeepClone());
        Refuse(r => Records(r)[0]!["proof"] = others[0]!["proof"]!.DeepClone());
        Refuse(r => Records(r)[0] = others[0]!.DeepClone());
        Refuse(r => Records(r).Add(others[3]!.DeepClone()));
        Refuse(r => Records(r).RemoveAt(2));
        Refuse(r => Records(r).Clear());
        Refuse(r => Proof(r).RemoveAt(0));
        Refuse(r => Proof(r).RemoveAt(Proof(r).Count - 1));
        Refuse(r => Proof(r).Add(Proof(r)[0]!.DeepClone()));
        Refuse(r => Proof(r).Clear());
        Refuse(r => (Proof(r)[0], Proof(r)[1]) = (Proof(r)[1]!.DeepClone(), Proof(r)[0]!.DeepClone()));
        Refuse(r => r["checkpoint"] = _log.Checkpoint().Note);
        Refuse(r => r["checkpoint"] = r["checkpoint"]!.GetValue<string>().Split("\n\n")[0] + "\n\n");
    }

    [Fact]
    public void A_record_of_another_call_is_refused_also_with_its_own_good_proof()
    {
        JsonObject receipt = JsonNode.Parse(_receipt)!.AsObject();
        Records(receipt).Add(Parts(_other)[3]!.DeepClone());
        string problem = AuditReceipt.Parse(receipt.ToJsonString()).Verify([_log.Key]).Problem!;
        Assert.Contains("neither of the call 'c-1' nor of an approval that the call rests on", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_problem_says_what_is_wrong()
    {
        AssertProblem("isn't a log's line. The line's CRC", r => Records(r)[2]!["line"] = Records(r)[2]!["line"]!.GetValue<string>().Replace("allow", "admit", StringComparison.Ordinal));
        AssertProblem("doesn't lead to the checkpoint's root", r => Proof(r).RemoveAt(0));
        AssertProblem("and so not record 1000000", r => Records(r)[3]!["index"] = 1_000_000);
        AssertProblem("has no decision of the call 'c-1'", r => Records(r).RemoveAt(2));
        AssertProblem("has no decision of the call 'c-7'", r => r["call"] = "c-7");
        AssertProblem("isn't verified. The signature", r => r["checkpoint"] = r["checkpoint"]!.GetValue<string>().Replace("\n" + _log.Lines.Count, "\n" + 7, StringComparison.Ordinal).Replace("\n2", "\n3", StringComparison.Ordinal));
    }

    public void Dispose() => _log.Dispose();

    private static JsonArray Parts(string receipt) => Records(JsonNode.Parse(receipt)!.AsObject());

    private static JsonArray Records(JsonObject receipt) => receipt["records"]!.AsArray();

    private static JsonArray Proof(JsonObject receipt) => Records(receipt)[0]!["proof"]!.AsArray();

    private bool IsValid(string text)
    {
        try
        {
            return AuditReceipt.Parse(text).Verify([_log.Key]).IsValid;
        }
        catch (FormatException e)
        {
            Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private void Refuse(Action<JsonObject> change)
    {
        JsonObject receipt = JsonNode.Parse(_receipt)!.AsObject();
        Assert.True(IsValid(receipt.ToJsonString()));
        change(receipt);
        Assert.False(IsValid(receipt.ToJsonString()));
    }

    private void AssertProblem(string problem, Action<JsonObject> change)
    {
        JsonObject receipt = JsonNode.Parse(_receipt)!.AsObject();
        change(receipt);
        Assert.Contains(problem, AuditReceipt.Parse(receipt.ToJsonString()).Verify([_log.Key]).Problem, StringComparison.Ordinal);
    }
}
