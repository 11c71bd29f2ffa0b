using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>Shows somebody who doesn't have the log that some records stand in it: the records, their inclusion proofs and a signed checkpoint (docs/audit-proofs.md).</summary>
/// <remarks>A receipt shows what it holds, not that there is nothing else: whoever hands it over can leave a record out, and an outcome that was written later isn't in it.</remarks>
public sealed class AuditReceipt
{
    internal AuditReceipt(string? callId, AuditCheckpoint checkpoint, IReadOnlyList<AuditReceiptRecord> records)
    {
        CallId = callId;
        Checkpoint = checkpoint;
        Records = records;
    }

    /// <summary>The call whose decision, approvals and outcome the records are; null for the receipt of one record.</summary>
    public string? CallId { get; }

    /// <summary>The checkpoint that the proofs lead to: the newest seal of the log when the receipt was made.</summary>
    public AuditCheckpoint Checkpoint { get; }

    /// <summary>The records by index. Where the call went on from one that waited for an approval, they begin with that one's decision and the approval's records.</summary>
    public IReadOnlyList<AuditReceiptRecord> Records { get; }

    /// <summary>Reads a receipt. What is in it isn't verified by that.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote; at most 16 Mi characters.</param>
    /// <exception cref="FormatException">It isn't a receipt, or one of another format: see the message.</exception>
    public static AuditReceipt Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return ReceiptFile.Parse(json);
    }

    /// <summary>The receipt's file: one line of JSON, without a line feed.</summary>
    public string ToJson() => ReceiptFile.Write(this);

    /// <summary>Checks the receipt, without the log and without a network: the checkpoint's signature, each record's place in the tree, its checksum, and that it belongs to the call.</summary>
    /// <param name="verifierKeys">The log's keys (<c>name+id+base64</c>), from a place that whoever hands over the receipt can't write to. One of those that were in force is enough. Without any, or with none of this log, nothing is valid; a log in unsigned mode has no valid receipts at all.</param>
    /// <exception cref="FormatException">A key isn't one, or is of a kind that this library can't verify with.</exception>
    public AuditProofResult Verify(IReadOnlyList<string> verifierKeys)
    {
        ArgumentNullException.ThrowIfNull(verifierKeys);
        using var keys = new ProofKeys(verifierKeys);
        return AuditProofResult.Of(keys.Problem(Checkpoint, out Checkpoint? verified) ?? ReceiptCheck.Problem(this, verified!));
    }
}
