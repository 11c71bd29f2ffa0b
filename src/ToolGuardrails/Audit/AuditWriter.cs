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

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _work = new(false);
    private readonly BatchWriter _batches;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private RecordQueue _active;
    private RecordQueue _idle;
    private readonly TaskCompletionSource _settled = NewSignal();
    private TaskCompletionSource _room = NewSignal();
    private bool _parked;
    private bool _lingering;
    private bool _healthy = true;
    private bool _stopping;
    private bool _drained;
    private Task? _closing;
    private int _reserved;
    private int _inFlight;

    public AuditWriter(IReadOnlyList<(IAuditSink Sink, AuditRequirement Requirement)> sinks, AuditOptions options, TimeProvider time, ILogger logger)
    {
        _options = options = options.Copy();
        _time = time;
        _active = new RecordQueue();
        _idle = new RecordQueue();
        _batches = new BatchWriter(sinks, options, time, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "ToolGuardrails audit" };
        _thread.Start();
    }

    /// <summary>Takes a record. Completes at once, without allocating, where <see cref="AuditAcknowledgement.Queued"/> is enough and there is room.</summary>
    /// <param name="body">The caller's part of the line, a JSON object; copied.</param>
    /// <param name="level">How safely it has to be kept.</param>
    /// <param name="kind">What it is; decisions that get lost are counted as denials.</param>
    /// <returns>Whether it is kept so. False means that it wasn't, or not in time.</returns>
    public ValueTask<bool> AppendAsync(ReadOnlySpan<byte> body, AuditAcknowledgement level, AuditRecordKind kind)
    {
        lock (_lock)
        {
            if (!_stopping && Fits(body.Length))
            {
                return Enqueue(body, _healthy ? level : Stricter(level, AuditAcknowledgement.Written), kind, mayBeLost: true);
            }

            if (_stopping || body.Length > _options.MaxQueuedBytes - OutcomeRoom)
            {
                _batches.Count(kind);
                return new(false);
            }
        }

        return AppendWhenThereIsRoomAsync(body.ToArray(), level, kind);
    }

    /// <summary>Keeps room for one outcome, so that what ran can always be told. Waits for it as a record does.</summary>
    /// <returns>Whether there is room.</returns>
    public ValueTask<bool> ReserveOutcomeAsync() => TryReserveOutcome() ? new(true) : ReserveWhenThereIsRoomAsync();

    /// <summary>Whether there is no room left for the records of one more call.</summary>
    public bool IsFull()
    {
        lock (_lock)
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
        lock (_lock)
        {
            Unreserve();
            if (_drained)
            {
                _batches.Count(AuditRecordKind.Outcome);
                return new(false);
            }

            return Enqueue(Fits(body.Length) ? body : brief, level, AuditRecordKind.Outcome, mayBeLost: false);
        }
    }

    /// <summary>Counts a record that found no room.</summary>
    public void CountLost(AuditRecordKind kind) => _batches.Count(kind);

    /// <summary>Gives room back that no outcome will use.</summary>
    public void ReleaseOutcome()
    {
        lock (_lock)
        {
            Unreserve();
        }
    }

    /// <summary>Lets running calls tell their outcomes, writes what is queued, and takes nothing more. Waits at most <see cref="AuditOptions.Timeout"/> for each.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            return new(_closing ??= CloseAsync());
        }
    }

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
        lock (_lock)
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
        lock (_lock)
        {
            return _room.Task;
        }
    }

    private bool IsStopping()
    {
        lock (_lock)
        {
            return _stopping;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool Fits(int length) => _inFlight + _active.Bytes + _reserved + length <= _options.MaxQueuedBytes;

    private ValueTask<bool> Enqueue(ReadOnlySpan<byte> body, AuditAcknowledgement level, AuditRecordKind kind, bool mayBeLost)
    {
        level = Stricter(level, AuditAcknowledgement.Queued);
        Task<bool>? written = _active.Add(body, level, kind, mayBeLost && level > AuditAcknowledgement.Queued);
        // To wake a thread costs more than everything else here; while it looks again by itself in a moment, what nobody waits for can do without.
        if (_parked || (_lingering && (written is not null || _active.Bytes >= WakeBytes)))
        {
            _parked = _lingering = false;
            _work.Set();
        }

        return written is null ? new(true) : new(AwaitAsync(written));
    }

    private async Task<bool> AwaitAsync(Task<bool> written) =>
        await IsOverAsync(written, _options.Timeout, _time).ConfigureAwait(false) && await written.ConfigureAwait(false);

    private async ValueTask<bool> AppendWhenThereIsRoomAsync(byte[] body, AuditAcknowledgement level, AuditRecordKind kind)
    {
        long started = _time.GetTimestamp();
        while (true)
        {
            Task room;
            Task<bool>? queued = null;
            lock (_lock)
            {
                room = _room.Task;
                if (_stopping)
                {
                    _batches.Count(kind);
                    return false;
                }

                if (Fits(body.Length))
                {
                    queued = Enqueue(body, _healthy ? level : Stricter(level, AuditAcknowledgement.Written), kind, mayBeLost: true).AsTask();
                }
            }

            if (queued is not null)
            {
                return await queued.ConfigureAwait(false);
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
}
