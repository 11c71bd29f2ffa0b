using System.Diagnostics;

namespace ToolGuardrails.Audit;

// The writer's thread, and its end.
internal sealed partial class AuditWriter
{
    private const int LingerMilliseconds = 1;
    private const int LingerLooks = 20;
    private const int GatherShare = 4;
    private static readonly TimeSpan MostGathering = TimeSpan.FromMilliseconds(1);

    private async Task CloseAsync()
    {
        using (Hold())
        {
            _stopping = true;
            _room.TrySetResult();
            if (_reserved == 0)
            {
                _settled.TrySetResult();
            }
        }

        // By the real clock: whatever hangs, a tool or a sink, must not keep the host from stopping. The thread is a background one.
        await IsOverAsync(_settled.Task, _options.Timeout, TimeProvider.System).ConfigureAwait(false);
        using (Hold())
        {
            _drained = true;
        }

        _work.Set();
        await Task.Run(() => _thread.Join(_options.Timeout)).ConfigureAwait(false);
        await _batches.CloseAsync().ConfigureAwait(false);
    }

    private void Run()
    {
        while (Take() is { } queue)
        {
            int released = queue.Level >= AuditAcknowledgement.Durable ? queue.Waiting : 0;
            long started = Stopwatch.GetTimestamp();
            bool kept = TryWrite(queue);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            queue.Clear(); // Nobody else has it; under the lock, callers would wait.
            TaskCompletionSource room;
            int expected;
            using (Hold())
            {
                _healthy = kept;
                _inFlight = _batches.RetainedBytes;
                _idle = queue;
                expected = released > 0 ? released + _active.Waiting : 0;
                room = _room;
                _room = NewSignal();
            }

            room.TrySetResult();
            Gather(expected, took < MostGathering * GatherShare ? took / GatherShare : MostGathering);
        }
    }

    // Whoever waited for the disk comes back in a moment, most of them. To wait a part of a write for them saves a whole one: they are kept together in place of by halves in turns.
    private void Gather(int expected, TimeSpan most)
    {
        long started = Stopwatch.GetTimestamp();
        while (expected > 1 && Stopwatch.GetElapsedTime(started) < most)
        {
            using (Hold())
            {
                if (_active.Waiting >= expected || _stopping)
                {
                    return;
                }
            }

            Thread.Yield();
        }
    }

    // An exception here would end the process; whoever waits is told no instead.
    private bool TryWrite(RecordQueue queue)
    {
        try
        {
            return _batches.Write(queue);
        }
        catch (Exception)
        {
            for (int i = 0; i < queue.Count; i++)
            {
                _batches.CountLost(queue, i);
            }

            queue.Complete(false);
            return false;
        }
    }

    // The queue that callers have filled, or null when everything is written and no more comes.
    private RecordQueue? Take()
    {
        for (int looks = 0; ; looks++)
        {
            bool lingers = looks < LingerLooks;
            using (Hold())
            {
                if (_active.Count > 0)
                {
                    (_active, RecordQueue taken) = (_idle, _active);
                    _inFlight += taken.Bytes;
                    return taken;
                }

                if (_drained)
                {
                    break;
                }

                (_lingering, _parked) = (lingers, !lingers);
            }

            _work.WaitOne(lingers ? LingerMilliseconds : Timeout.Infinite);
        }

        _batches.WriteRetained();
        return null;
    }
}
