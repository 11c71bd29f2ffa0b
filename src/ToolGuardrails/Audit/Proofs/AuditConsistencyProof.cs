using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>Shows somebody who keeps an old checkpoint that a newer one of the same log only added to it (RFC 9162 section 2.1.4).</summary>
public sealed class AuditConsistencyProof
{
    private readonly byte[][] _proof;

    internal AuditConsistencyProof(AuditCheckpoint first, AuditCheckpoint second, byte[][] proof)
    {
        First = first;
        Second = second;
        _proof = proof;
        Hashes = [.. proof.Select(static h => new ReadOnlyMemory<byte>(h))];
    }

    /// <summary>The older checkpoint. Compare it with the one that you keep: a proof from another one shows nothing about yours.</summary>
    public AuditCheckpoint First { get; }

    /// <summary>The newer checkpoint.</summary>
    public AuditCheckpoint Second { get; }

    /// <summary>The proof's hashes of 32 bytes, the one nearest the leaves first; none where both checkpoints have the same size.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Hashes { get; }

    /// <summary>Reads a proof. What is in it isn't verified by that.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote; at most 1 Mi characters.</param>
    /// <exception cref="FormatException">It isn't a proof, or one of another format: see the message.</exception>
    public static AuditConsistencyProof Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return ConsistencyFile.Parse(json);
    }

    /// <summary>The proof's file: one line of JSON, without a line feed.</summary>
    public string ToJson() => ConsistencyFile.Write(this);

    /// <summary>Checks both checkpoints' signatures, and that the second tree begins with the first.</summary>
    /// <param name="verifierKeys">The log's keys (<c>name+id+base64</c>), from a place that whoever hands over the proof can't write to. Each checkpoint needs the signature of one of them.</param>
    /// <exception cref="FormatException">A key isn't one, or is of a kind that this library can't verify with.</exception>
    public AuditProofResult Verify(IReadOnlyList<string> verifierKeys)
    {
        ArgumentNullException.ThrowIfNull(verifierKeys);
        using var keys = new ProofKeys(verifierKeys);
        return AuditProofResult.Of(keys.Problem(First, out Checkpoint? first) ?? keys.Problem(Second, out Checkpoint? second) ?? Problem(first!, second!));
    }

    private string? Problem(Checkpoint first, Checkpoint second)
    {
        if (!string.Equals(first.Origin, second.Origin, StringComparison.Ordinal))
        {
            return $"The checkpoints are of two logs, '{first.Origin}' and '{second.Origin}'.";
        }

        using var hasher = new MerkleTreeHasher();
        return new MerkleTreeVerifier(hasher).Extends(first.Size, first.Root.Span, second.Size, second.Root.Span, _proof)
            ? null
            : $"The proof doesn't show that the log of {second.Size} records begins with the one of {first.Size}. Either it was changed on its way, or the log's history was written anew.";
    }
}
