using System.Diagnostics.CodeAnalysis;
using ToolGuardrails.Audit;

namespace ToolGuardrails;

// Opening and failing, and what the log does by itself: seals, new segments, publishing, pruning, and its end.
public sealed partial class AuditLog
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(5);

    private long _lastRecord;
    private long _lastSeal;

    private async ValueTask<LogAppender> OpenedAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_appender is not null)
        {
            return _appender;
        }

        await LockAsync(cancellationToken).ConfigureAwait(false);
        LogAppender log;
        try
        {
            log = new LogOpening(_paths, _files, _options, _logger).Open(_failedAt, mustExist: _wasOpen);
        }
        catch when (!_wasOpen)
        {
            // A process that can't write doesn't keep others from it.
            _lock?.Dispose();
            _lock = null;
            throw;
        }

        _appender = log;
        _failedAt = null;
        _wasOpen = true;
        _lastRecord = _lastSeal = _options.TimeProvider.GetTimestamp();
        _timer ??= _options.TimeProvider.CreateTimer(static log => _ = ((AuditLog)log!).TickAsync(), this, _options.SealInterval, _options.SealInterval);
        try
        {
            await AfterOpeningAsync(log, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }

        return log;
    }

    private async ValueTask AfterOpeningAsync(LogAppender log, CancellationToken cancellationToken)
    {
        if (_options.Signer is { } signer && log.Signer is { } current && current.KeyId != signer.KeyId)
        {
            await RotateAsync(log, signer, cancellationToken).ConfigureAwait(false);
        }

        if (_options.Retention is not null)
        {
            await PruneAsync(log, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask LockAsync(CancellationToken cancellationToken)
    {
        if (_wasOpen && !_files.Exists(_paths.Descriptor))
        {
            throw new IOException($"The audit log '{DirectoryPath}' has vanished while it was open. Bring the directory back; a new log isn't begun in its place before the host is started anew.");
        }

        if (_lock is not null)
        {
            return;
        }

        _files.CreateDirectory(DirectoryPath);
        long started = _options.TimeProvider.GetTimestamp();
        using var poll = new PeriodicTimer(LockPoll, _options.TimeProvider);
        while ((_lock = _files.TryLock(_paths.Lock)) is null)
        {
            if (_options.TimeProvider.GetElapsedTime(started) >= _options.LockTimeout)
            {
                throw new IOException($"The audit log '{DirectoryPath}' is being written by another process, and still was after {_options.LockTimeout}. One process at a time may write it; give each its own directory, or wait longer with AuditLogOptions.LockTimeout.");
            }

            await poll.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Law 5, and no second try: what was acknowledged stays, what wasn't is taken out when the log is opened anew.
    private void Fail(Exception exception)
    {
        Log.LogFailed(_logger, DirectoryPath, exception);
        _failedAt = _appender?.Position;
        _appender?.Dispose();
        _appender = null;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever fails here, the records so far are safe; the log is opened anew.")]
    private async ValueTask KeepUpAsync(LogAppender log)
    {
        _lastRecord = _options.TimeProvider.GetTimestamp();
        try
        {
            // While records keep the log busy, the timer doesn't get its turn.
            bool isDue = _options.TimeProvider.GetElapsedTime(_lastSeal) >= _options.SealInterval;
            if (log.Unsealed >= _options.SealEvery || (isDue && log.Unsealed > 0))
            {
                await log.SealAsync(CancellationToken.None).ConfigureAwait(false);
                log.Acknowledge();
            }

            if (isDue)
            {
                _lastSeal = _lastRecord;
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
            if (_appender is { } log && !_disposed)
            {
                await TickAsync(log).ConfigureAwait(false);
            }
        }
        catch (LogSigningException e)
        {
            Log.LogNotSealed(_logger, DirectoryPath, e);
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

    private async ValueTask TickAsync(LogAppender log)
    {
        TimeProvider time = _options.TimeProvider;
        if (log.Unsealed == 0 && time.GetElapsedTime(_lastRecord) >= _options.Heartbeat)
        {
            log.Append(LogEvents.Heartbeat(time.GetUtcNow()));
            _lastRecord = time.GetTimestamp();
        }

        if (log.Unsealed > 0)
        {
            await log.SealAsync(CancellationToken.None).ConfigureAwait(false);
            log.Acknowledge();
        }

        _lastSeal = time.GetTimestamp();
        Publish(log, isUrgent: false);
        await KeepSegmentsAsync(log).ConfigureAwait(false);
    }

    private async ValueTask KeepSegmentsAsync(LogAppender log)
    {
        if (log.IsSegmentFull)
        {
            await log.BeginSegmentAsync(CancellationToken.None).ConfigureAwait(false);
            await PruneAsync(log, CancellationToken.None).ConfigureAwait(false);
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

    private async ValueTask<long> PruneAsync(LogAppender log, CancellationToken cancellationToken)
    {
        var pruning = new LogPruning(_paths, _files, _options);
        if (pruning.Plan(log) is not { } prune)
        {
            return pruning.First();
        }

        log.Append(prune);
        await log.SealAsync(cancellationToken).ConfigureAwait(false);
        log.Acknowledge();
        Publish(log, isUrgent: true);
        pruning.Remove(prune.To);
        Log.LogPruned(_logger, DirectoryPath, prune.From, prune.To, prune.RetentionDays);
        return prune.To;
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
            catch (Exception e) when (e is not (LogSigningException or InvalidOperationException))
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
