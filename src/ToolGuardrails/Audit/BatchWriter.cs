using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Audit;

/// <summary>Finishes lines and hands them to the sinks, one batch at a time, on the writer's thread.</summary>
internal sealed class BatchWriter(IReadOnlyList<(IAuditSink Sink, AuditRequirement Requirement)> sinks, AuditOptions options, TimeProvider time, ILogger logger, DraftedRecord drafted)
{
    private readonly RequiredSink[] _required = [.. sinks.Where(static s => s.Requirement != AuditRequirement.BestEffort).Select(static s => new RequiredSink(s.Sink))];
    private readonly BestEffortSink[] _bestEffort = [.. sinks.Where(static s => s.Requirement == AuditRequirement.BestEffort).Select(s => new BestEffortSink(s.Sink, options, time, logger))];
    private RecordQueue _retained = new();
    private RecordQueue _spare = new();
    private LineStamp _stamp = LineStamp.New();
    private ArrayBufferWriter<byte> _lines = new();
    private int[] _ends = [];
    private long _lostDecisions;
    private long _lostOthers;

    /// <summary>Bytes of records kept for the next batch because the last one failed.</summary>
    public int RetainedBytes => _retained.Bytes;

    /// <summary>Counts a record that couldn't be kept.</summary>
    public void Count(AuditRecordKind kind) =>
        Interlocked.Increment(ref kind == AuditRecordKind.Decision ? ref _lostDecisions : ref _lostOthers);

    /// <summary>Counts what couldn't be kept of a queue's entry.</summary>
    public void CountLost(RecordQueue queue, int index)
    {
        Count(queue.Kind(index));
        if (queue.IsJoined(index))
        {
            Count(AuditRecordKind.Outcome);
        }
    }

    /// <summary>Writes a queue to every sink and tells whoever waits.</summary>
    /// <returns>Whether the required sinks took it.</returns>
    public bool Write(RecordQueue queue)
    {
        long lostDecisions = Interlocked.Read(ref _lostDecisions);
        long lostOthers = Interlocked.Read(ref _lostOthers);
        AuditBatch batch = Finish(queue, lostDecisions, lostOthers);
        bool kept = TryRequired(batch);
        if (kept)
        {
            Interlocked.Add(ref _lostDecisions, -lostDecisions);
            Interlocked.Add(ref _lostOthers, -lostOthers);
            _retained.Clear();
        }
        else
        {
            // Nobody can say which of these lines a sink kept: the numbering starts anew, so that it has no gap.
            _stamp = LineStamp.New();
            Retain(queue);
        }

        queue.Complete(kept);
        foreach (BestEffortSink sink in kept ? _bestEffort : [])
        {
            sink.Write(batch);
        }

        return kept;
    }

    /// <summary>The last try for what an earlier failure left behind, and for the count of what is missing.</summary>
    public void WriteRetained()
    {
        int missing = _retained.Records + (int)(Interlocked.Read(ref _lostDecisions) + Interlocked.Read(ref _lostOthers));
        if (missing > 0 && !Write(new RecordQueue()))
        {
            Log.RecordsLost(logger, missing);
        }
    }

    /// <summary>Lets the best-effort sinks have what is queued for them.</summary>
    public Task CloseAsync() => Task.WhenAll(_bestEffort.Select(s => s.CloseAsync(options.Timeout)));

    private bool TryRequired(AuditBatch batch)
    {
        foreach (RequiredSink sink in _required)
        {
            try
            {
                long? started = AuditMeter.Start(time);
                sink.Write(batch);
                AuditMeter.End(time, started, sink.Name);
            }
            catch (Exception e) // Law 5: whatever a sink throws, its calls are denied and the next batch is tried.
            {
                Log.RequiredSinkFailed(logger, sink.Name, batch.Count, e);
                return false;
            }
        }

        return true;
    }

    private void Retain(RecordQueue queue)
    {
        _spare.Clear();
        Move(_retained, _spare, skipLost: false);
        Move(queue, _spare, skipLost: true);
        (_retained, _spare) = (_spare, _retained);
    }

    private void Move(RecordQueue from, RecordQueue to, bool skipLost)
    {
        for (int i = 0; i < from.Count; i++)
        {
            if ((skipLost && from.MayBeLost(i)) || to.Bytes + from.Body(i).Length > options.MaxQueuedBytes)
            {
                CountLost(from, i);
            }
            else if (from.IsDraft(i))
            {
                to.AddDraft(from, i);
            }
            else
            {
                to.Add(from.Body(i), AuditAcknowledgement.Queued, from.Kind(i), mayBeLost: false);
            }
        }
    }

    private AuditBatch Finish(RecordQueue queue, long lostDecisions, long lostOthers)
    {
        ArrayBufferWriter<byte> lines = EmptyBuffers(_retained.Records + queue.Records + 1);
        int count = 0;
        if (lostDecisions + lostOthers > 0)
        {
            _stamp.Finish(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $$"""{"t":"{{time.GetUtcNow().UtcDateTime:O}}","ev":"dropped","mode":"enforce","decisions":{{lostDecisions}},"others":{{lostOthers}}}""")), lines);
            _ends[count++] = lines.WrittenCount;
        }

        foreach (RecordQueue source in (ReadOnlySpan<RecordQueue>)[_retained, queue])
        {
            for (int i = 0; i < source.Count; i++)
            {
                if (source.IsDraft(i))
                {
                    count += FinishDraft(source, i, lines, count);
                    continue;
                }

                _stamp.Finish(source.Body(i), lines);
                _ends[count++] = lines.WrittenCount;
            }
        }

        return new AuditBatch(lines.WrittenMemory, _ends.AsMemory(0, count), queue.Level);
    }

    private int FinishDraft(RecordQueue queue, int index, ArrayBufferWriter<byte> lines, int count)
    {
        ref readonly CallDraft draft = ref queue.Draft(index);
        int made = draft.HasDecision ? FinishHalf(queue, index, AuditRecordKind.Decision, lines, count) : 0;
        return made + (draft.HasOutcome ? FinishHalf(queue, index, AuditRecordKind.Outcome, lines, count + made) : 0);
    }

    // Nobody waits for a draft, and one that no record can be made of doesn't take others with it.
    private int FinishHalf(RecordQueue queue, int index, AuditRecordKind half, ArrayBufferWriter<byte> lines, int count)
    {
        RecordBuffer buffer = RecordBuffer.Rent();
        try
        {
            if (half == AuditRecordKind.Decision)
            {
                drafted.WriteDecision(buffer, queue.Draft(index), queue.Body(index));
            }
            else
            {
                drafted.WriteOutcome(buffer, queue.Draft(index), queue.Body(index));
            }

            _stamp.Finish(buffer.Written, lines);
            _ends[count] = lines.WrittenCount;
            return 1;
        }
        catch (Exception e)
        {
            Log.RecordNotMade(logger, e);
            Count(half);
            return 0;
        }
        finally
        {
            RecordBuffer.Return(buffer);
        }
    }

    // A batch's memory is its sinks' until they are done. Best-effort sinks are done some time later, so each of their batches has its own.
    private ArrayBufferWriter<byte> EmptyBuffers(int records)
    {
        if (_bestEffort.Length > 0)
        {
            _lines = new ArrayBufferWriter<byte>();
            _ends = new int[records];
        }
        else if (_ends.Length < records)
        {
            _ends = new int[records * 2];
        }

        _lines.ResetWrittenCount();
        return _lines;
    }
}
