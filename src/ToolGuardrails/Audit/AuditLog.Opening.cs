using ToolGuardrails.Audit;

namespace ToolGuardrails;

// Opening, with the lock, and failing.
public sealed partial class AuditLog
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(5);
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
            await PruneAsync(log).ConfigureAwait(false);
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
}
