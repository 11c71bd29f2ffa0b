using ToolGuardrails.Audit;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>Verifying a log, against a bare loop over the same leaf and node hashes.</summary>
internal static class VerifyRow
{
    private const int Count = 400_000;

    public static void Run(string folder)
    {
        string directory = Path.Combine(folder, "verified");
        using (var log = new AuditLog(directory, new AuditLogOptions { KeyDirectory = Path.Combine(folder, "keys") }))
        {
            var stamp = LineStamp.New();
            for (int i = 0; i < Count; i += 1_000)
            {
                log.WriteAsync(Lines.Batch(stamp, 1_000, AuditAcknowledgement.Queued), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        }

        FileInfo[] segments = [.. new DirectoryInfo(Path.Combine(directory, "segments")).GetFiles().OrderBy(static f => f.Name, StringComparer.Ordinal)];
        byte[] room = new byte[segments.Max(static f => f.Length)]; // Once: to make that many pages anew takes twice as long as to hash what is in them.
        Ratio.Rate("verify, one thread", () => Verify(directory, 1), () => Bare(segments, room), Count, ">= 0.8 of a bare loop");
        Ratio.Rate("verify, all cores, against one thread", () => Verify(directory, 0), () => Verify(directory, 1), Count, "uses the cores it has");
    }

    private static TimeSpan Verify(string directory, int threads) => Ratio.Measure(() =>
    {
        AuditLogReport report = AuditLogVerifier.VerifyAsync(directory, new AuditLogVerification { MaxDegreeOfParallelism = threads }).GetAwaiter().GetResult();
        if (!report.IsIntact)
        {
            throw new InvalidOperationException(report.ToText());
        }
    });

    private static TimeSpan Bare(FileInfo[] segments, byte[] room) => Ratio.Measure(() =>
    {
        using var hasher = new MerkleTreeHasher();
        var frontier = new MerkleTreeFrontier(hasher);
        byte[] leaf = new byte[MerkleTreeHasher.HashSize];
        foreach (FileInfo segment in segments)
        {
            using ILogFile file = new DiskFiles().Open(segment.FullName);
            ReadOnlySpan<byte> rest = room.AsSpan(0, file.Read(room, 0));
            while (rest.IndexOf((byte)'\n') is var end and >= 0)
            {
                hasher.Leaf(rest[..end], leaf);
                frontier.Append(leaf);
                rest = rest[(end + 1)..];
            }
        }
    });
}
