using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>A record in a receipt, and the hashes that show where it stands in its log's tree.</summary>
public sealed class AuditReceiptRecord
{
    internal AuditReceiptRecord(long index, byte[] line, byte[][] proof)
    {
        Index = index;
        Record = new AuditRecord(line);
        Proof = proof;
        InclusionProof = [.. proof.Select(static h => new ReadOnlyMemory<byte>(h))];
    }

    /// <summary>The record's index in its log.</summary>
    public long Index { get; }

    /// <summary>The record, its line exactly as it stands in the log. Nothing in it is to be believed before the receipt is verified; until then its members may throw a <see cref="System.Text.Json.JsonException"/>.</summary>
    public AuditRecord Record { get; }

    /// <summary>The hashes of 32 bytes beside the path from the record to the root, the one nearest the record first (RFC 9162 section 2.1.3).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> InclusionProof { get; }

    internal byte[][] Proof { get; }

    internal bool IsIn(MerkleTreeHasher hasher, Checkpoint checkpoint)
    {
        byte[] leaf = new byte[MerkleTreeHasher.HashSize];
        hasher.Leaf(Record.Line.Span, leaf);
        return new MerkleTreeVerifier(hasher).Includes(Index, checkpoint.Size, leaf, Proof, checkpoint.Root.Span);
    }
}
