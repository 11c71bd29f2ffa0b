namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>The least that a call with two records costs where another thread makes them: what they are made of, copied into memory that the other thread has just had, under a lock. Nothing is judged, checked or run.</summary>
internal sealed class BareHandOver : IDisposable
{
    private readonly AutoResetEvent _work = new(false);
    private readonly Thread _thread;
    private readonly object _about = new();
    private readonly byte[] _arguments = GovernedCalls.Order;
    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private Queue _active = new();
    private Queue _idle = new();
    private volatile bool _ends;
    private long _taken;

    public BareHandOver()
    {
        _thread = new Thread(Take) { IsBackground = true };
        _thread.Start();
    }

    public Work Records => Handing(hasOutcome: true);

    /// <summary>The same for a call that is denied, which has one record.</summary>
    public Work Record => Handing(hasOutcome: false);

    public void Dispose()
    {
        _ends = true;
        _work.Set();
        _thread.Join();
        _work.Dispose();
    }

    private Work Handing(bool hasOutcome) => new(count =>
    {
        for (int i = 0; i < count; i++)
        {
            Add(i, _arguments);
            if (hasOutcome)
            {
                Add(i, "42"u8);
            }
        }
    })
    { Settle = Settle };

    private void Add(long id, ReadOnlySpan<byte> payload)
    {
        bool taken = false;
        _lock.Enter(ref taken);
        Queue queue = _active;
        payload.CopyTo(queue.Bytes.AsSpan(queue.Used));
        ref Entry entry = ref queue.Entries[queue.Count++];
        entry.Session = _about;
        entry.Slot = _about;
        entry.Id = id;
        entry.Time = Environment.TickCount64;
        entry.Start = queue.Used;
        entry.Length = payload.Length;
        queue.Used += payload.Length;
        _lock.Exit(useMemoryBarrier: false);
    }

    private void Settle()
    {
        while (Volatile.Read(ref _active.Count) > 0)
        {
            _work.Set();
            Thread.Yield();
        }
    }

    // As the log's thread does: it looks by itself every millisecond.
    private void Take()
    {
        while (!_ends)
        {
            bool taken = false;
            _lock.Enter(ref taken);
            Queue queue = _active;
            (_active, _idle) = (_idle, _active);
            _lock.Exit(useMemoryBarrier: false);
            for (int i = 0; i < queue.Count; i++)
            {
                _taken += queue.Entries[i].Id + queue.Bytes[queue.Entries[i].Start];
            }

            queue.Clear();
            _work.WaitOne(1);
        }

        GC.KeepAlive(_taken);
    }

    private struct Entry
    {
        public object? Session;
        public object? Slot;
        public long Id;
        public long Time;
        public int Start;
        public int Length;
    }

    private sealed class Queue
    {
        public readonly byte[] Bytes = new byte[64 * 1024 * 1024];
        public readonly Entry[] Entries = new Entry[1024 * 1024];
        public int Used;
        public int Count;

        public void Clear()
        {
            Entries.AsSpan(0, Count).Clear();
            Used = 0;
            Count = 0;
        }
    }
}
