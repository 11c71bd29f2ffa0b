using System.Diagnostics.CodeAnalysis;
using ToolGuardrails.Audit;

namespace ToolGuardrails;

// What the log does by itself: seals, new segments, publishing, pruning, and its end.
public sealed partial class AuditLog
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestSealPause = TimeSpan.FromMinutes(1);
    private long _lastRecord;
    private long _lastSeal;
    private TimeSpan _sealPause;

    [SuppressMessage("Design", "CA1031", Justification = "Whatever fails here, the records so far are safe; the log is opened anew.")]
    private async ValueTask KeepUpAsync(LogAppender log)
    {
        _lastRecord = _options.TimeProvider.GetTimestamp();
        try
        {
            // While records keep the log busy, the timer doesn't get its turn.
            bool isDue = IsSealDue();
            if (isDue ? log.Unsealed > 0 : log.Unsealed >= _options.SealEvery && _sealPause == TimeSpan.Zero)
            {
                await SealAsync(log).ConfigureAwait(false);
            }

            if (isDue)
            {
                Publish(log, isUrgent: false);
            }

            await KeepSegmentsAsync(log).ConfigureAwait(false);
        }
        catch (LogSigningException e)
        {
            Log.LogNotSealed(_logger, DirectoryPath, e);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A timer's callback has nobody to throw to.")]
    private async Task TickAsync()
    {
        if (!await _gate.WaitAsync(0).ConfigureAwait(false))
        {
            return; // Records are being written; they keep the log up themselves.
        }

        try
        {
            if (_wasOpen && !_disposed)
            {
                LogAppender log = await OpenedAsync(CancellationToken.None).ConfigureAwait(false);
                await TickAsync(log).ConfigureAwait(false);
            }
        }
        catch (LogSigningException e)
        {
            Log.LogNotSealed(_logger, DirectoryPath, e);
        }
        catch (Exception e) when (_appender is null)
        {
            Log.LogUpkeepFailed(_logger, DirectoryPath, e);
        }
        catch (Exception e)
        {
            Fail(e);
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool IsSealDue() => _options.TimeProvider.GetElapsedTime(_lastSeal) >= _options.SealInterval + _sealPause;

    // A signer that doesn't answer holds records up while it is waited for, so it is asked less and less often.
    private async ValueTask SealAsync(LogAppender log)
    {
        _lastSeal = _options.TimeProvider.GetTimestamp();
        TimeSpan pause = _sealPause == TimeSpan.Zero ? _options.SealInterval : 2 * _sealPause;
        _sealPause = pause < LongestSealPause ? pause : LongestSealPause;
        await log.SealAsync(CancellationToken.None).ConfigureAwait(false);
        _sealPause = TimeSpan.Zero;
        log.Acknowledge();
    }

    private async ValueTask TickAsync(LogAppender log)
    {
        TimeProvider time = _options.TimeProvider;
        if (log.Unsealed == 0 && time.GetElapsedTime(_lastRecord) >= _options.Heartbeat)
        {
            log.Append(LogEvents.Heartbeat(time.GetUtcNow()));
            _lastRecord = time.GetTimestamp();
        }

        if (log.Unsealed > 0 && (_sealPause == TimeSpan.Zero || IsSealDue()))
        {
            await SealAsync(log).ConfigureAwait(false);
        }

        Publish(log, isUrgent: false);
        await KeepSegmentsAsync(log).ConfigureAwait(false);
    }

    private async ValueTask KeepSegmentsAsync(LogAppender log)
    {
        if (log.IsSegmentFull)
        {
            await log.BeginSegmentAsync(CancellationToken.None).ConfigureAwait(false);
            await PruneAsync(log).ConfigureAwait(false);
        }
    }

    // The checkpoint file is a copy: when it can't be written, the log itself is as good as before.
    private void Publish(LogAppender log, bool isUrgent)
    {
        if (log.Checkpoint is not { } checkpoint)
        {
            return;
        }

        try
        {
            log.Publish();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.LogUpkeepFailed(_logger, DirectoryPath, e);
        }

        _anchors.Offer(checkpoint, isUrgent);
    }

    private async ValueTask<AuditCheckpoint> RotateAsync(LogAppender log, INoteSigner next, CancellationToken cancellationToken)
    {
        AuditCheckpoint rotated = await log.RotateKeyAsync(next, cancellationToken).ConfigureAwait(false);
        Publish(log, isUrgent: true);
        return rotated;
    }

    private async ValueTask PruneAsync(LogAppender log)
    {
        var pruning = new LogPruning(_paths, _files, _options, _logger);
        if (pruning.Plan(log) is not { } prune)
        {
            return;
        }

        // First, so that a signer that is away keeps old segments and not the log.
        await log.SealAsync(CancellationToken.None).ConfigureAwait(false);
        log.Acknowledge();
        if (!log.TryAppend(prune))
        {
            Log.LogUpkeepFailed(_logger, DirectoryPath, new InvalidOperationException($"The {prune.Rotations.Count} changes of key below record {prune.To} don't fit into one line, so nothing is removed. Begin a new log in another directory."));
            return;
        }

        try
        {
            await log.SealAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (LogSigningException e)
        {
            // A prune without its seal doesn't stay: opening the log anew takes the line out.
            throw new IOException("The audit log's old segments couldn't be removed, because the signer failed.", e);
        }

        log.Sync();
        log.Acknowledge();
        Publish(log, isUrgent: true);
        pruning.Remove(prune.To);
        Log.LogPruned(_logger, DirectoryPath, prune.From, prune.To, prune.RetentionDays);
    }

    private async ValueTask<T> WithLogAsync<T>(Func<LogAppender, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            LogAppender log = await OpenedAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await work(log).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not (LogSigningException or InvalidOperationException) && !cancellationToken.IsCancellationRequested)
            {
                Fail(e);
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Closing doesn't throw for what the next opening recovers.")]
    private async ValueTask CloseAsync(LogAppender log)
    {
        try
        {
            await log.CloseAsync().ConfigureAwait(false);
            Publish(log, isUrgent: false);
        }
        catch (LogSigningException e)
        {
            Log.LogNotSealed(_logger, DirectoryPath, e);
        }
        catch (Exception e)
        {
            Log.LogFailed(_logger, DirectoryPath, e);
        }
    }
}
