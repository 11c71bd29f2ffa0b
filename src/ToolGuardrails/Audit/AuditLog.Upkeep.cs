using System.Diagnostics.CodeAnalysis;
using ToolGuardrails.Audit;

namespace ToolGuardrails;

// Opening and failing, and what the log does by itself: seals, new segments, publishing, pruning, and its end.
public sealed partial class AuditLog
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestSealPause = TimeSpan.FromMinutes(1);

    private long _lastRecord;
    private long _lastSeal;
    private TimeSpan _sealPause;
    private Exception? _failure;
    private long _failedWhen;
    private bool _hasKeptSinceFailure = true;

    private async ValueTask<LogAppender> OpenedAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ThrowIfLockIsLost();
        if (_appender is not null)
        {
            return _appender;
        }

        // Each opening after a failure leaves a segment behind; where it only fails again, once a second is enough.
        if (_failure is { } failure && !_hasKeptSinceFailure && _options.TimeProvider.GetElapsedTime(_failedWhen) < _options.SealInterval)
        {
            throw new IOException(failure.Message, failure);
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

    // Who removes or replaces the lock's file lets a second writer in. What that one wrote isn't ours to cut, so nothing known from before counts.
    private void ThrowIfLockIsLost()
    {
        if (_lock is not { IsInPlace: false } lost)
        {
            return;
        }

        var exception = new IOException($"The lock file of the audit log '{DirectoryPath}' was removed or replaced while the log was open, so another process may be writing it. The log is opened anew when it is free.");
        Fail(exception);
        _failedAt = null;
        _lock = null;
        lost.Dispose();
        throw exception;
    }

    private async ValueTask AfterOpeningAsync(LogAppender log, CancellationToken cancellationToken)
    {
        if (_options.Signer is { } signer && log.Signer is { } current && current.KeyId != signer.KeyId)
        {
            await RotateAsync(log, signer, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await PruneAsync(log, cancellationToken).ConfigureAwait(false);
        }
        catch (LogSigningException e)
        {
            Log.LogNotSealed(_logger, DirectoryPath, e);
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
        _hasKeptSinceFailure = _failure is null;
        _failure = exception;
        _failedWhen = _options.TimeProvider.GetTimestamp();
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
        var pruning = new LogPruning(_paths, _files, _options, _logger);
        if (pruning.Plan(log) is not { } prune)
        {
            return pruning.First();
        }

        if (!log.TryAppend(prune))
        {
            Log.LogUpkeepFailed(_logger, DirectoryPath, new InvalidOperationException($"The {prune.Rotations.Count} changes of key below record {prune.To} don't fit into one line, so nothing is removed. Begin a new log in another directory."));
            return pruning.First();
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
