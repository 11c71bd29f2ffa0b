using ToolGuardrails.Audit;
using ToolGuardrails.Tests.AuditNotes;

namespace ToolGuardrails.Tests.AuditProofs;

public sealed class ReceiptTests : IDisposable
{
    private readonly ProofLog _log = new();

    [Fact]
    public void The_receipt_of_an_approved_call_has_its_decision_approvals_and_outcome_and_verifies_offline()
    {
        _log.ApprovedCall("c-1");
        long[] records = _log.ApprovedCall("c-2");
        _log.Seal();
        _log.AddPrompts(1);
        AuditCheckpoint newest = _log.Seal();
        AuditReceipt receipt = Receipt("c-2");
        Assert.Equal(("c-2", newest.Note), (receipt.CallId, receipt.Checkpoint.Note));
        Assert.Equal(records, receipt.Records.Select(static r => r.Index));
        Assert.Equal(records.Select(i => _log.Lines[(int)i]), receipt.Records.Select(static r => r.Record.Line.ToArray()));
        AssertValid(receipt);
    }

    [Fact]
    public void A_denied_call_has_a_receipt_of_its_decision_alone()
    {
        long decision = _log.Decision("c-1", "deny");
        _log.Decision("c-10", "deny");
        _log.Seal();
        AuditReceipt receipt = Receipt("c-1");
        Assert.Equal([decision], receipt.Records.Select(static r => r.Index));
        AssertValid(receipt);
    }

    [Fact]
    public void A_call_that_went_on_from_one_that_waited_has_the_decision_and_approvals_that_led_to_it()
    {
        long asked = _log.Approval("c-1", "r-1", "requested");
        long deferred = _log.Approval("c-1", "r-1", "deferred");
        long waiting = _log.Decision("c-1", "require_approval", "r-1");
        _log.Decision("c-2", "allow", "r-1"); // Another call under the same consent.
        long approved = _log.Approval("c-3", "r-1", "approved");
        long decision = _log.Decision("c-3", "allow", "r-1");
        long outcome = _log.Outcome("c-3");
        _log.Outcome("c-2");
        _log.Seal();
        AuditReceipt receipt = Receipt("c-3");
        Assert.Equal([asked, deferred, waiting, approved, decision, outcome], receipt.Records.Select(static r => r.Index));
        AssertValid(receipt);
        AuditReceipt first = Receipt("c-1");
        Assert.Equal([asked, deferred, waiting], first.Records.Select(static r => r.Index));
        AssertValid(first);
    }

    [Fact]
    public void Each_record_of_any_kind_below_a_seal_has_a_receipt_of_its_own()
    {
        _log.ApprovedCall("c-1");
        _log.Seal();
        _log.AddPrompts(3);
        _log.Rotate();
        using AuditLogReader reader = _log.Open();
        for (int i = 0; i < reader.LatestCheckpoint!.Size; i++)
        {
            AuditReceipt receipt = reader.CreateReceipt(i);
            Assert.Null(receipt.CallId);
            Assert.Equal(_log.Lines[i], Assert.Single(receipt.Records).Record.Line.ToArray());
            AssertValid(receipt);
        }

        Assert.Throws<InvalidOperationException>(() => reader.CreateReceipt(reader.LatestCheckpoint.Size));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.CreateReceipt(reader.Count));
    }

    [Theory]
    [InlineData("c\\u002B1\\u00FC", "c+1ü")]
    [InlineData("c\\u0022\\u003C", "c\"<")]
    [InlineData("c 1/2", "c 1/2")]
    public void An_id_that_its_line_escapes_is_found(string written, string id)
    {
        _log.Decision(written);
        _log.Outcome(written);
        _log.Seal();
        AuditReceipt receipt = Receipt(id);
        Assert.Equal(2, receipt.Records.Count);
        AssertValid(receipt);
    }

    [Fact]
    public void Without_a_decision_or_a_seal_there_is_no_receipt_and_the_message_says_what_to_do()
    {
        using (AuditLogReader reader = _log.Open())
        {
            Assert.Contains("has no decision of a call 'c-9'", Assert.Throws<InvalidOperationException>(() => reader.CreateReceipt("c-9")).Message, StringComparison.Ordinal);
        }

        long outcome = _log.Outcome("c-8");
        _log.Decision("c-1");
        _log.Seal();
        _log.Outcome("c-1");
        using AuditLogReader later = _log.Open();
        Assert.Contains($"such as {outcome}", Assert.Throws<InvalidOperationException>(() => later.CreateReceipt("c-8")).Message, StringComparison.Ordinal);
        string message = Assert.Throws<InvalidOperationException>(() => later.CreateReceipt("c-1")).Message;
        Assert.Contains("not sealed yet", message, StringComparison.Ordinal);
        Assert.Contains("AuditLog.SealAsync", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_verifies_with_any_key_that_signed_its_checkpoint()
    {
        _log.Decision("c-1");
        _log.Seal();
        AuditReceipt before = Receipt("c-1");
        _log.Rotate();
        AuditReceipt at = Receipt("c-1");
        _log.Seal();
        AuditReceipt after = Receipt("c-1");
        using EcdsaNoteSigner stranger = Notes.Signer("elsewhere.example/log");
        string[] all = [stranger.VerifierKey, .. _log.Keys, .. _log.Keys];
        Assert.All([before, at, after], r => Assert.True(r.Verify(all).IsValid));
        Assert.Equal([true, true, false], new[] { before, at, after }.Select(r => r.Verify([_log.Keys[0]]).IsValid));
        Assert.Equal([false, true, true], new[] { before, at, after }.Select(r => r.Verify([_log.Keys[1]]).IsValid));
    }

    [Fact]
    public void Without_the_logs_key_nothing_is_valid()
    {
        _log.Decision("c-1");
        _log.Seal();
        AuditReceipt receipt = Receipt("c-1");
        using EcdsaNoteSigner sameName = Notes.Signer(_log.Origin);
        using EcdsaNoteSigner otherName = Notes.Signer("elsewhere.example/log");
        Assert.StartsWith("No key was given.", receipt.Verify([]).Problem, StringComparison.Ordinal);
        Assert.Contains("no signature of a known key", receipt.Verify([sameName.VerifierKey]).Problem, StringComparison.Ordinal);
        Assert.Contains($"None of the given keys is one of '{_log.Origin}'", receipt.Verify([otherName.VerifierKey]).Problem, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => receipt.Verify(["no key"]));
    }

    [Fact]
    public void The_receipt_of_an_unsigned_log_is_never_valid()
    {
        using var log = new ProofLog(isSigned: false);
        log.Decision("c-1");
        log.Seal();
        using AuditLogReader reader = log.Open();
        Assert.False(reader.IsSigned);
        AuditReceipt receipt = AuditReceipt.Parse(reader.CreateReceipt("c-1").ToJson());
        Assert.Contains("is unsigned", receipt.Verify([_log.Key]).Problem, StringComparison.Ordinal);
        Assert.Contains("is unsigned", receipt.Verify([]).Problem, StringComparison.Ordinal);
    }

    public void Dispose() => _log.Dispose();

    private AuditReceipt Receipt(string callId)
    {
        using AuditLogReader reader = _log.Open();
        return reader.CreateReceipt(callId);
    }

    private void AssertValid(AuditReceipt receipt)
    {
        AuditReceipt read = AuditReceipt.Parse(receipt.ToJson());
        AuditProofResult result = read.Verify(_log.Keys);
        Assert.True(result.IsValid, result.Problem);
        Assert.Null(result.Problem);
        Assert.Equal(receipt.ToJson(), read.ToJson());
    }
}
