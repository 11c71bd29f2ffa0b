using Microsoft.Extensions.Logging.Abstractions;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>What a caller pays to hand a record over, against a copy of the same bytes under a lock. The writer's thread is held meanwhile, so that both run alone.</summary>
internal static class CallerRow
{
    private const int Burst = 8_000;

    public static void Run()
    {
        using var sink = new HeldSink();
        var writer = new AuditWriter([(sink, AuditRequirement.Required)], new AuditOptions { MaxQueuedBytes = 64 * 1024 * 1024 }, TimeProvider.System, NullLogger.Instance, new DraftedRecord(new Commitment(new byte[32]), "call"));
        var buffer = new LockedBuffer();
        TimeSpan Append() => Drained(writer, sink, HandOver);
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
        Drained(writer, sink, () =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            HandOver();
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Console.WriteLine($"  bytes per record on the caller's thread: {(double)bytes / Burst:0.000}");
        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    // The writer's thread has its turn outside the measured time.
    private static TimeSpan Drained(AuditWriter writer, HeldSink sink, Action burst)
    {
        sink.Hold();
        writer.AppendAsync(Lines.Body, AuditAcknowledgement.Queued, AuditRecordKind.Decision).AsTask().GetAwaiter().GetResult();
        sink.WaitUntilHeld();
        TimeSpan took = Ratio.Measure(burst);
        sink.GoOn();
        writer.AppendAsync(Lines.Body, AuditAcknowledgement.Written, AuditRecordKind.Decision).AsTask().GetAwaiter().GetResult();
        return took;
    }

    private sealed class HeldSink : IAuditSink, IDisposable
    {
        private readonly ManualResetEventSlim _goesOn = new(true);
        private readonly ManualResetEventSlim _isHeld = new(false);

        public AuditAcknowledgement Highest => AuditAcknowledgement.Sealed;

        public void Hold()
        {
            _isHeld.Reset();
            _goesOn.Reset();
        }

        public void WaitUntilHeld() => _isHeld.Wait();

        public void GoOn() => _goesOn.Set();

        public void Dispose()
        {
            _goesOn.Dispose();
            _isHeld.Dispose();
        }

        public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
        {
            _isHeld.Set();
            _goesOn.Wait(cancellationToken);
            return default;
        }
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
