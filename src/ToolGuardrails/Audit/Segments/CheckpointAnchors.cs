using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Audit;

/// <summary>Hands published checkpoints to the anchors, beside the log's own work: a slow anchor never holds a record up.</summary>
internal sealed class CheckpointAnchors(AuditLogOptions options, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly AuditCheckpoint?[] _kept = new AuditCheckpoint?[options.Anchors.Count];
    private Task _running = Task.CompletedTask;
    private AuditCheckpoint? _newest;
    private long _lastRun;
    private bool _hasRun;
    private bool _isAnotherUrgent;
    private bool _isRunning;

    /// <summary>Takes a checkpoint, and passes it on if it is time or it is urgent.</summary>
    public void Offer(AuditCheckpoint checkpoint, bool isUrgent)
    {
        lock (_lock)
        {
            _newest = checkpoint;
            TimeProvider time = options.TimeProvider;
            _isAnotherUrgent |= isUrgent;
            if (_kept.Length == 0 || _isRunning || (_hasRun && !isUrgent && time.GetElapsedTime(_lastRun) < options.AnchorInterval))
            {
                return;
            }

            _hasRun = true;
            _isRunning = true;
            _lastRun = time.GetTimestamp();
            _running = Task.Run(RunAsync);
        }
    }

    /// <summary>Lets the anchors have the newest checkpoint before the log closes.</summary>
    public async Task CloseAsync()
    {
        await _running.ConfigureAwait(false);
        await Task.Run(RunAsync).ConfigureAwait(false);
    }

    // One that came in urgently while anchors were busy with the one before has its turn right after.
    private async Task RunAsync()
    {
        do
        {
            AuditCheckpoint? checkpoint;
            lock (_lock)
            {
                checkpoint = _newest;
                _isAnotherUrgent = false;
            }

            await RunAsync(checkpoint).ConfigureAwait(false);
        }
        while (IsAnotherUrgent());
    }

    private bool IsAnotherUrgent()
    {
        lock (_lock)
        {
            return _isRunning = _isAnotherUrgent;
        }
    }

    private async Task RunAsync(AuditCheckpoint? checkpoint)
    {
        for (int i = 0; checkpoint is not null && i < _kept.Length; i++)
        {
            if (_kept[i]?.Note == checkpoint.Note || !await TryAnchorAsync(options.Anchors[i], checkpoint).ConfigureAwait(false))
            {
                continue;
            }

            _kept[i] = checkpoint;
        }
    }

    private async Task<bool> TryAnchorAsync(ICheckpointAnchor anchor, AuditCheckpoint checkpoint)
    {
        using var ends = new CancellationTokenSource(options.AnchorTimeout);
        try
        {
            await anchor.AnchorAsync(checkpoint, ends.Token).AsTask().WaitAsync(ends.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            Log.AnchorFailed(logger, anchor.GetType().Name, checkpoint.Size, e);
            return false;
        }
    }
}
