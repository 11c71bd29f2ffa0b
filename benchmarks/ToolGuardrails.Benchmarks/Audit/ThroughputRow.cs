using ToolGuardrails.Audit;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>Records through hash, tree and file, against a bare loop that hashes and writes the same bytes with the same APIs, and syncs as often as the log does for its seals.</summary>
internal static class ThroughputRow
{
    private const int Count = 64_000;
    private const int PerBatch = 1_000;

    public static void Run(string folder)
    {
        AuditBatch[] batches = [.. Enumerable.Range(0, Count / PerBatch).Select(static _ => Lines.Batch(LineStamp.New(), PerBatch, AuditAcknowledgement.Queued))];
        int run = 0;
        TimeSpan Ours()
        {
            using var log = new AuditLog(Path.Combine(folder, "through" + run++), new AuditLogOptions { KeyDirectory = Path.Combine(folder, "keys") });
            log.TryOpen();
            return Ratio.Measure(() =>
            {
                foreach (AuditBatch batch in batches)
                {
                    log.WriteAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                }
            });
        }

        Ratio.Rate("records through hash, tree and file (batches of 1,000)", Ours, () => Bare(Path.Combine(folder, "bare" + run), batches, syncs: true), Count, ">= 0.8 of a bare loop");
        Ratio.Rate("  the same, against a loop that never syncs", Ours, () => Bare(Path.Combine(folder, "loose" + run), batches, syncs: false), Count, "");
    }

    private static TimeSpan Bare(string path, AuditBatch[] batches, bool syncs)
    {
        using var hasher = new MerkleTreeHasher();
        var frontier = new MerkleTreeFrontier(hasher);
        using var file = new DiskFiles().Open(path);
        byte[] leaf = new byte[MerkleTreeHasher.HashSize];
        byte[] leaves = new byte[PerBatch * MerkleTreeHasher.HashSize];
        using var tiles = new DiskFiles().Open(path + ".tiles");
        return Ratio.Measure(() =>
        {
            long offset = 0;
            long hashed = 0;
            foreach (AuditBatch batch in batches)
            {
                int start = 0;
                for (int i = 0; i < batch.Count; i++)
                {
                    int end = batch.EndOf(i);
                    hasher.Leaf(batch.Lines.Span[start..(end - 1)], leaf);
                    frontier.Append(leaf);
                    leaf.CopyTo(leaves.AsSpan(i * MerkleTreeHasher.HashSize));
                    start = end;
                }

                file.Write(batch.Lines.Span, offset);
                offset += batch.Lines.Length;
                tiles.Write(leaves, hashed);
                hashed += leaves.Length;
                if (syncs && hashed / MerkleTreeHasher.HashSize % (2 * PerBatch) == 0)
                {
                    file.Sync();
                }
            }
        });
    }
}
