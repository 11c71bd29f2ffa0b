using Microsoft.Extensions.Logging.Abstractions;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>What a caller pays to hand a record over, against a copy of the same bytes under a lock.</summary>
internal static class CallerRow
{
    private const int Burst = 8_000;

    public static void Run()
    {
        var sink = new CountingSink();
        var writer = new AuditWriter([(sink, AuditRequirement.Required)], new AuditOptions { MaxQueuedBytes = 64 * 1024 * 1024 }, TimeProvider.System, NullLogger.Instance);
        var buffer = new LockedBuffer();
        TimeSpan Append() => Drained(writer, HandOver);
        void HandOver()
        {
            for (int i = 0; i < Burst; i++)
            {
                ValueTask<bool> appended = writer.AppendAsync(Lines.Body, AuditAcknowledgement.Queued, AuditRecordKind.Decision);
                if (!appended.IsCompletedSuccessfully)
                {
                    throw new InvalidOperationException("A record had to wait.");
                }
            }
        }

        TimeSpan Copy() => Ratio.Measure(() =>
        {
            buffer.Clear();
            for (int i = 0; i < Burst; i++)
            {
                buffer.Add(Lines.Body);
            }
        });
        Ratio.Time("hand a record over (caller's thread)", Append, Copy, Burst, "< 2 copies under a lock");
        long bytes = 0;
        Drained(writer, () =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            HandOver();
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Console.WriteLine($"  bytes per record on the caller's thread: {(double)bytes / Burst:0.000}");
        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    // The writer's thread has its turn outside the measured time.
    private static TimeSpan Drained(AuditWriter writer, Action burst)
    {
        TimeSpan took = Ratio.Measure(burst);
        writer.AppendAsync(Lines.Body, AuditAcknowledgement.Written, AuditRecordKind.Decision).AsTask().GetAwaiter().GetResult();
        return took;
    }

    private sealed class LockedBuffer
    {
        private readonly Lock _lock = new();
        private readonly byte[] _bytes = new byte[Burst * 512];
        private int _length;

        public void Add(ReadOnlySpan<byte> record)
        {
            lock (_lock)
            {
                record.CopyTo(_bytes.AsSpan(_length));
                _length += record.Length;
            }
        }

        public void Clear() => _length = 0;
    }
}
