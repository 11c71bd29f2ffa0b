using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Audit;

/// <summary>The one door to the sinks: takes records from callers into bounded memory, and writes them in batches on a thread of its own.</summary>
/// <remarks>
/// Law 6. A failed batch of a required sink fails everyone who waits for it, and is never repeated for them: their calls are denied and counted.
/// Records that nobody waits for stay in memory and go first when writing works again, behind a record that counts what is missing.
/// While writing doesn't work, every new record waits for a write of its own, so nothing is let through on hope.
/// </remarks>
internal sealed partial class AuditWriter : IAsyncDisposable
{
    /// <summary>The room kept for an outcome before its tool runs.</summary>
    public const int OutcomeRoom = 4096;

    private const int WakeBytes = 128 * 1024;

    private SpinLock _lock = new(enableThreadOwnerTracking: false); // Held for some copies of bytes at most.
    private readonly AutoResetEvent _work = new(false);
    private readonly BatchWriter _batches;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly Lazy<Task> _closing;
    private RecordQueue _active;
    private RecordQueue _idle;
    private readonly TaskCompletionSource _settled = NewSignal();
    private TaskCompletionSource _room = NewSignal();
    private bool _parked;
    private bool _lingering;
    private bool _healthy = true;
    private bool _stopping;
    private bool _drained;
    private int _reserved;
    private int _inFlight;

    public AuditWriter(IReadOnlyList<(IAuditSink Sink, AuditRequirement Requirement)> sinks, AuditOptions options, TimeProvider time, ILogger logger, DraftedRecord drafted)
    {
        _options = options = options.Copy();
        _time = time;
        _active = new RecordQueue();
        _idle = new RecordQueue();
        _batches = new BatchWriter(sinks, options, time, logger, drafted);
        _thread = new Thread(Run) { IsBackground = true, Name = "ToolGuardrails audit" };
        _closing = new Lazy<Task>(CloseAsync);
        _thread.Start();
    }

    /// <summary>Takes a record. Completes at once, without allocating, where <see cref="AuditAcknowledgement.Queued"/> is enough and there is room.</summary>
    /// <param name="body">The caller's part of the line, a JSON object; copied.</param>
    /// <param name="level">How safely it has to be kept.</param>
    /// <param name="kind">What it is; decisions that get lost are counted as denials.</param>
    /// <returns>Whether it is kept so. False means that it wasn't, or not in time.</returns>
    public ValueTask<bool> AppendAsync(ReadOnlySpan<byte> body, AuditAcknowledgement level, AuditRecordKind kind)
    {
        Taken taken = default;
        bool refused;
        using (Hold())
        {
            refused = _stopping || body.Length > _options.MaxQueuedBytes - OutcomeRoom;
            if (!_stopping && Fits(body.Length))
            {
                taken = Enqueue(body, _healthy ? level : Stricter(level, AuditAcknowledgement.Written), kind, mayBeLost: true);
            }
        }

        if (taken.IsTaken)
        {
            return AcknowledgedAsync(taken);
        }

        if (refused)
        {
            _batches.Count(kind);
            return new(false);
        }

        return AppendWhenThereIsRoomAsync(body.ToArray(), level, kind);
    }

    /// <summary>Keeps room for one outcome, so that what ran can always be told. Waits for it as a record does.</summary>
    /// <returns>Whether there is room.</returns>
    public ValueTask<bool> ReserveOutcomeAsync() => TryReserveOutcome() ? new(true) : ReserveWhenThereIsRoomAsync();

    /// <summary>Whether there is no room left for the records of one more call.</summary>
    public bool IsFull()
    {
        using (Hold())
        {
            return !_stopping && !Fits(OutcomeRoom + RecordBuffer.MaxBody);
        }
    }

    /// <summary>Takes an outcome into the room kept for it.</summary>
    /// <param name="body">The full record.</param>
    /// <param name="brief">The same without its payload, at most <see cref="OutcomeRoom"/> bytes, for when memory is full.</param>
    /// <param name="level">How safely it has to be kept.</param>
    public ValueTask<bool> AppendReservedAsync(ReadOnlySpan<byte> body, ReadOnlySpan<byte> brief, AuditAcknowledgement level)
    {
        Taken taken;
        using (Hold())
        {
            Unreserve();
            taken = _drained ? default : Enqueue(Fits(body.Length) ? body : brief, level, AuditRecordKind.Outcome, mayBeLost: false);
        }

        if (!taken.IsTaken)
        {
            _batches.Count(AuditRecordKind.Outcome);
            return new(false);
        }

        return AcknowledgedAsync(taken);
    }

    /// <summary>Counts a record that found no room.</summary>
    public void CountLost(AuditRecordKind kind) => _batches.Count(kind);

    /// <summary>Gives room back that no outcome will use.</summary>
    public void ReleaseOutcome()
    {
        using (Hold())
        {
            Unreserve();
        }
    }

    /// <summary>Lets running calls tell their outcomes, writes what is queued, and takes nothing more. Waits at most <see cref="AuditOptions.Timeout"/> for each.</summary>
    public ValueTask DisposeAsync() => new(_closing.Value);

    internal static AuditAcknowledgement Stricter(AuditAcknowledgement a, AuditAcknowledgement b) =>
        a == AuditAcknowledgement.Unspecified || b == AuditAcknowledgement.Unspecified ? AuditAcknowledgement.Sealed : a > b ? a : b;

    private void Unreserve()
    {
        _reserved -= OutcomeRoom;
        if (_stopping && _reserved == 0)
        {
            _settled.TrySetResult();
        }
    }

    private bool TryReserveOutcome()
    {
        using (Hold())
        {
            bool fits = !_stopping && Fits(OutcomeRoom);
            _reserved += fits ? OutcomeRoom : 0;
            return fits;
        }
    }

    private async ValueTask<bool> ReserveWhenThereIsRoomAsync()
    {
        long started = _time.GetTimestamp();
        Task room = Room();
        while (!TryReserveOutcome())
        {
            if (IsStopping() || !await IsOverAsync(room, _options.Timeout - _time.GetElapsedTime(started), _time).ConfigureAwait(false))
            {
                return false;
            }

            room = Room();
        }

        return true;
    }

    // Taken before looking for room, so that room made in between isn't missed.
    private Task Room()
    {
        using (Hold())
        {
            return _room.Task;
        }
    }

    private bool IsStopping()
    {
        using (Hold())
        {
            return _stopping;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Fits(int length) => _inFlight + _active.Bytes + _reserved + length <= _options.MaxQueuedBytes;

    private Taken Enqueue(ReadOnlySpan<byte> body, AuditAcknowledgement level, AuditRecordKind kind, bool mayBeLost)
    {
        level = Stricter(level, AuditAcknowledgement.Queued);
        Task<bool>? written = _active.Add(body, level, kind, mayBeLost && level > AuditAcknowledgement.Queued);
        return new Taken(IsTaken: true, written, HasToWake(isUrgent: written is not null));
    }

    // Outside the lock: a thread is woken, and a host's clock is asked.
    private ValueTask<bool> AcknowledgedAsync(in Taken taken)
    {
        Wake(taken.Wakes);
        return taken.Written is null ? new(true) : new(AwaitAsync(taken.Written));
    }

    // To wake a thread costs more than everything else here; while it looks again by itself in a moment, what nobody waits for can do without.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasToWake(bool isUrgent)
    {
        bool wakes = _parked || (_lingering && (isUrgent || _active.Bytes >= WakeBytes));
        if (wakes)
        {
            _parked = _lingering = false;
        }

        return wakes;
    }

    private void Wake(bool wakes)
    {
        if (wakes)
        {
            _work.Set();
        }
    }

    private Held Hold() => new(ref _lock);

    private async Task<bool> AwaitAsync(Task<bool> written) =>
        await IsOverAsync(written, _options.Timeout, _time).ConfigureAwait(false) && await written.ConfigureAwait(false);

    private async ValueTask<bool> AppendWhenThereIsRoomAsync(byte[] body, AuditAcknowledgement level, AuditRecordKind kind)
    {
        long started = _time.GetTimestamp();
        while (true)
        {
            Task room;
            Taken taken = default;
            using (Hold())
            {
                room = _room.Task;
                if (_stopping)
                {
                    _batches.Count(kind);
                    return false;
                }

                if (Fits(body.Length))
                {
                    taken = Enqueue(body, _healthy ? level : Stricter(level, AuditAcknowledgement.Written), kind, mayBeLost: true);
                }
            }

            if (taken.IsTaken)
            {
                return await AcknowledgedAsync(taken).ConfigureAwait(false);
            }

            TimeSpan left = _options.Timeout - _time.GetElapsedTime(started);
            if (!await IsOverAsync(room, left, _time).ConfigureAwait(false))
            {
                _batches.Count(kind);
                return false;
            }
        }
    }

    private static async Task<bool> IsOverAsync(Task task, TimeSpan timeout, TimeProvider time)
    {
        try
        {
            await task.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private readonly record struct Taken(bool IsTaken, Task<bool>? Written, bool Wakes);

    private readonly ref struct Held
    {
        private readonly ref SpinLock _lock;

        public Held(ref SpinLock held)
        {
            _lock = ref held;
            bool taken = false;
            held.Enter(ref taken);
        }

        public void Dispose() => _lock.Exit(useMemoryBarrier: false);
    }
}
