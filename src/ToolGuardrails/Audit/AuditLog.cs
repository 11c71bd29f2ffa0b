using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>A tamper-evident audit log in a directory: JSON Lines whose Merkle tree is signed every second (docs/audit-format.md).</summary>
/// <remarks>
/// <para>Whoever changes, removes, adds or moves a record that was sealed is found by <see cref="AuditLogVerifier"/>. Nothing in the directory itself shows a rollback, or a rewrite with the log's own key: for that, checkpoints are anchored elsewhere.</para>
/// <para>One process at a time writes; others wait up to <see cref="AuditLogOptions.LockTimeout"/>. After a failed write or sync nothing is retried: whoever waits is told, and the next batch opens the log anew, in a new segment.</para>
/// </remarks>
public sealed partial class AuditLog : IAuditSink, IAsyncDisposable, IDisposable
{
    private readonly AuditLogOptions _options;
    private readonly LogPaths _paths;
    private readonly ILogFiles _files;
    private readonly ILogger _logger;
    private readonly CheckpointAnchors _anchors;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ITimer? _timer;
    private IPlacedFile? _lock;
    private LogAppender? _appender;
    private LogPosition? _failedAt;
    private bool _wasOpen;
    private bool _disposed;

    /// <summary>Creates the sink. The directory is opened, or made, when a pipeline is checked, or with the first record.</summary>
    /// <param name="directory">The log's directory. A relative path is resolved against the current directory.</param>
    /// <param name="options">Null: the defaults, without an anchor.</param>
    /// <exception cref="ArgumentException">The options don't hold; the message says which and why.</exception>
    public AuditLog(string directory, AuditLogOptions? options = null)
        : this(directory, options ?? new AuditLogOptions(), new DiskFiles())
    {
    }

    internal AuditLog(string directory, AuditLogOptions options, ILogFiles files)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _options = options.Copy();
        _paths = new LogPaths(directory);
        _files = files;
        _logger = (ILogger?)_options.LoggerFactory?.CreateLogger<AuditLog>() ?? NullLogger.Instance;
        _anchors = new CheckpointAnchors(_options, _logger);
    }

    /// <summary>The directory's full path.</summary>
    public string DirectoryPath => _paths.Directory;

    /// <summary>The key that the log is signed with now, as auditors pin it.</summary>
    /// <value>Null while the log isn't open, and in unsigned mode.</value>
    public string? VerifierKey => _appender?.Signer?.VerifierKey;

    /// <summary><see cref="AuditAcknowledgement.Sealed"/>; without signatures <see cref="AuditAcknowledgement.Durable"/>.</summary>
    public AuditAcknowledgement Highest => _options.IsUnsigned ? AuditAcknowledgement.Durable : AuditAcknowledgement.Sealed;

    /// <inheritdoc/>
    /// <exception cref="IOException">The log can't be opened or written.</exception>
    /// <exception cref="InvalidDataException">The log is damaged below a signed size; it isn't appended to.</exception>
    /// <exception cref="InvalidOperationException">The signing key is missing, or the options don't fit the log.</exception>
    public async ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            LogAppender log = await OpenedAsync(cancellationToken).ConfigureAwait(false);
            bool isSealed = batch.Acknowledgement is AuditAcknowledgement.Sealed or AuditAcknowledgement.Unspecified;
            try
            {
                log.Append(batch, durable: batch.Acknowledgement == AuditAcknowledgement.Durable);
                if (isSealed)
                {
                    await log.SealAsync(cancellationToken).ConfigureAwait(false);
                    log.Sync();
                }

                log.Acknowledge();
                _failure = null;
            }
            catch (Exception e)
            {
                Fail(e);
                throw;
            }

            await KeepUpAsync(log).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Signs everything written so far, publishes the checkpoint and hands it to the anchors, which keep it in their own time.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="IOException">The log can't be written, or the signer failed.</exception>
    public ValueTask<AuditCheckpoint> SealAsync(CancellationToken cancellationToken = default) => WithLogAsync(async log =>
    {
        AuditCheckpoint made = await log.SealAsync(cancellationToken).ConfigureAwait(false);
        log.Sync();
        log.Acknowledge();
        Publish(log, isUrgent: true);
        return made;
    }, cancellationToken);

    /// <summary>Makes a new signing key and goes over to it: from then on only checkpoints of the new key count. Needs a key file; with a signer of its own, a host sets <see cref="AuditLogOptions.Signer"/> and <see cref="AuditLogOptions.PreviousSigner"/> instead.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The checkpoint that both keys signed. The record <c>key</c>, and <see cref="VerifierKey"/> from now on, have the new verifier key for auditors who pin keys.</returns>
    /// <exception cref="InvalidOperationException">The log is unsigned, or a host's signer signs it.</exception>
    public ValueTask<AuditCheckpoint> RotateKeyAsync(CancellationToken cancellationToken = default) => WithLogAsync(log =>
    {
        if (_options.IsUnsigned || _options.Signer is not null)
        {
            throw new InvalidOperationException("Only a key file is rotated here. With a signer of your own, open the log with AuditLogOptions.Signer set to the new one and PreviousSigner to the old one.");
        }

        return RotateAsync(log, new LogKeys(_paths, _options).Create(log.Descriptor.Origin, log.Descriptor.LogId), cancellationToken);
    }, cancellationToken);

    /// <summary>Removes the segments whose time by <see cref="AuditLogOptions.Retention"/> is over, and records that. The log does so by itself too, when it is opened and when a segment is begun.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The index of the first record that is kept.</returns>
    public ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) => WithLogAsync(async log =>
    {
        await PruneAsync(log).ConfigureAwait(false);
        return _paths.SegmentsIn(_files)[0];
    }, cancellationToken);

    /// <summary>Seals the log, hands the last checkpoint to the anchors, and lets other processes write.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!await _gate.WaitAsync(ClosePatience).ConfigureAwait(false))
        {
            // A disk that hangs must not keep the host from stopping. The lock ends with the process.
            Log.LogFailed(_logger, DirectoryPath, new TimeoutException("The disk didn't answer while the log was being closed."));
            return;
        }

        try
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _timer?.Dispose();
            if (_appender is { } log)
            {
                await CloseAsync(log).ConfigureAwait(false);
            }
        }
        finally
        {
            _appender?.Dispose();
            _appender = null;
            _lock?.Dispose();
            _lock = null;
            _gate.Release();
        }

        await _anchors.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>As <see cref="DisposeAsync"/>, and waits for it.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override string ToString() => DirectoryPath;

    /// <summary>Opens the log now, so that a host learns at start what its first record would.</summary>
    /// <returns>Why that can't be done; null where it can.</returns>
    internal string? TryOpen()
    {
        try
        {
            _gate.Wait();
            try
            {
                OpenedAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
                return null;
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
        {
            return e.Message;
        }
    }
}
