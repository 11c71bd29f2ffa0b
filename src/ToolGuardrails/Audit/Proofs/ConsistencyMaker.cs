namespace ToolGuardrails.Audit;

/// <summary>Makes consistency proofs between checkpoints that fit the log.</summary>
internal static class ConsistencyMaker
{
    public static AuditConsistencyProof Make(ReaderSnapshot log, MerkleTreeHasher hasher, AuditCheckpoint first, AuditCheckpoint? second)
    {
        RequireOrigin(log, first, nameof(first));
        RequireOrigin(log, second, nameof(second));
        if (first.Size == 0)
        {
            throw new ArgumentException("The first checkpoint has no records, so every log is consistent with it; give one with records.", nameof(first));
        }

        if (second is not null && first.Size > second.Size)
        {
            throw new ArgumentException($"The first checkpoint has {first.Size} records and the second {second.Size}; give the smaller one first.", nameof(first));
        }

        RequireLines(log, first);
        RequireLines(log, second);
        second ??= log.RequireSeal(first.Size, $"The records up to those of the first checkpoint, {first.Size}, are");
        var hashes = new ProofHashes(log, hasher);
        hashes.RequireRoot(first, "The first checkpoint");
        hashes.RequireRoot(second, "The second checkpoint");
        return new AuditConsistencyProof(first, second, hashes.Prover.Consistency(first.Size, second.Size));
    }

    private static void RequireOrigin(ReaderSnapshot log, AuditCheckpoint? checkpoint, string parameter)
    {
        if (checkpoint is not null && !string.Equals(checkpoint.Origin, log.Descriptor.Origin, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The checkpoint is of the log '{checkpoint.Origin}', and the one in '{log.Paths.Directory}' is '{log.Descriptor.Origin}'.", parameter);
        }
    }

    private static void RequireLines(ReaderSnapshot log, AuditCheckpoint? checkpoint)
    {
        if (checkpoint?.Size > log.Count)
        {
            throw new InvalidDataException($"The checkpoint has {checkpoint.Size} records, and the log in '{log.Paths.Directory}' only {log.Count}: it was cut or rolled back, or was opened to read before the checkpoint was made. {log.Verify}");
        }
    }
}
