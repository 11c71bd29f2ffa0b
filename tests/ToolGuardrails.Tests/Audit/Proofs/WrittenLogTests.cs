using ToolGuardrails.Audit;
using ToolGuardrails.Tests.Audit;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>A log that the real writer writes, read while it is being written.</summary>
public sealed class WrittenLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogBatches _batches = new();

    [Fact]
    public async Task A_log_in_use_is_read_and_proved_at_any_time()
    {
        var seals = new List<AuditCheckpoint>();
        long last = 0;
        await using (ToolGuardrails.AuditLog log = Log(segmentBytes: 20_000))
        {
            for (int round = 0; round < 30; round++)
            {
                await log.WriteAsync(_batches.Of(AuditAcknowledgement.Written, [.. Enumerable.Range(0, 17).Select(i => $"{round}-{i}")]), CancellationToken.None);
                if (round % 3 == 0)
                {
                    seals.Add(await log.SealAsync());
                }

                if (round == 14)
                {
                    seals.Add(await log.RotateKeyAsync());
                }

                using AuditLogReader reader = AuditLogReader.Open(log.DirectoryPath);
                AuditLogEntry[] read = [.. reader.Read()];
                Assert.Equal((reader.Count, true), (read.Length, reader.Count > last));
                Assert.Equal(17 * (round + 1), read.Count(static e => e.Record.Kind == AuditRecordKind.Prompt));
                last = reader.Count;
                AssertProved(reader, seals);
            }
        }

        using AuditLogReader closed = AuditLogReader.Open(_folder.Combine("log"));
        Assert.True(Directory.EnumerateFiles(_folder.Combine("log", "segments")).Count() > 3);
        Assert.Equal(2, closed.VerifierKeys.Count);
        Assert.Equal("log.close", closed.Read().Last(static e => e.Record.GetString("ev") != "seal").Record.GetString("ev"));
        closed.ExportTiles(_folder.Combine("tiles"));
    }

    [Fact]
    public async Task Readers_beside_a_busy_writer_see_whole_records_in_order_and_only_more_of_them()
    {
        await using ToolGuardrails.AuditLog log = Log(segmentBytes: 50_000);
        await log.WriteAsync(_batches.Of(AuditAcknowledgement.Written, "first"), CancellationToken.None);
        Task writing = Task.Run(async () =>
        {
            for (int round = 0; round < 200; round++)
            {
                await log.WriteAsync(_batches.Of(AuditAcknowledgement.Written, [.. Enumerable.Range(0, 20).Select(i => $"{round}-{i}")]), CancellationToken.None);
            }
        });
        long seen = 0;
        do
        {
            using AuditLogReader reader = AuditLogReader.Open(log.DirectoryPath);
            long[] indexes = [.. reader.Read(Math.Max(0, reader.Count - 100)).Select(static e => e.Index)];
            Assert.Equal(Enumerable.Range(0, indexes.Length).Select(i => reader.Count - indexes.Length + i), indexes);
            Assert.True(reader.Count >= seen);
            seen = reader.Count;
            if (reader.LatestCheckpoint is { } seal)
            {
                Assert.True(reader.CreateReceipt(seal.Size - 1).Verify(reader.VerifierKeys).IsValid);
            }
        }
        while (!writing.IsCompleted);
        await writing;
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertProved(AuditLogReader reader, List<AuditCheckpoint> seals)
    {
        IReadOnlyList<string> keys = reader.VerifierKeys;
        AuditReceipt receipt = reader.CreateReceipt(seals.Count);
        Assert.True(receipt.Verify(keys).IsValid, receipt.Verify(keys).Problem);
        foreach (AuditCheckpoint seal in seals)
        {
            AuditConsistencyProof proof = reader.ProveConsistency(seal);
            Assert.True(proof.Verify(keys).IsValid, proof.Verify(keys).Problem);
        }
    }

    private ToolGuardrails.AuditLog Log(long segmentBytes) =>
        new(_folder.Combine("log"), new AuditLogOptions { KeyDirectory = _folder.Combine("keys"), SegmentBytes = segmentBytes, SealEvery = 50 });
}
