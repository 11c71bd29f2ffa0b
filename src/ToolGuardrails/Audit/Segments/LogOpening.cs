using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Audit;

/// <summary>Opens a log for writing: makes it, or takes it up where it was left, whatever crashed. What lies below a signed size is never touched; if it is damaged, the log isn't opened.</summary>
internal sealed class LogOpening(LogPaths paths, ILogFiles files, AuditLogOptions options, ILogger logger)
{
    private readonly LogKeys _keys = new(paths, options);
    private readonly Quarantine _quarantine = new(paths, files);

    /// <summary>Opens the log. The caller has its lock.</summary>
    /// <param name="known">Where this process was when writing failed; null where it begins.</param>
    /// <param name="mustExist">Whether a missing log isn't made: this process had it open.</param>
    /// <exception cref="InvalidDataException">The log is damaged below a signed size, or isn't a log.</exception>
    /// <exception cref="InvalidOperationException">The key is missing, or the options don't fit the log.</exception>
    public LogAppender Open(LogPosition? known, bool mustExist)
    {
        try
        {
            return OpenLog(known, mustExist);
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"The audit log '{paths.Directory}' holds a line that no log writes. {e.Message} The log isn't appended to; run 'guardrails verify'.", e);
        }
    }

    private LogAppender OpenLog(LogPosition? known, bool mustExist)
    {
        LogDescriptor descriptor = OpenDescriptor(mustExist);
        LogEnd end = LogEnd.Find(paths, files, _quarantine, known);
        INoteSigner? signer = FindSigner(descriptor, end);
        LogSignatures.Check(descriptor, paths, files, end, signer);
        new LogPruning(paths, files, options, logger).Finish(end); // Before anything is made of segments that a prune half removed.
        long first = end.Recover(known);
        OpenedLog opened = new LogRestoring(paths, files, new MerkleTreeHasher(), logger).Restore(end, first, signer);
        var appender = new LogAppender(paths, files, options, descriptor, opened);
        try
        {
            Tell(appender);
            return appender;
        }
        catch
        {
            appender.Dispose();
            throw;
        }
    }

    // What was found, and that the log is open, are the first lines of this writer.
    private void Tell(LogAppender log)
    {
        DateTimeOffset now = options.TimeProvider.GetUtcNow();
        string? previous = log.Size == 0 ? options.PreviousCheckpoint?.Note : null;
        log.Append(LogEvents.Open(now, log.DescriptorDigest, log.Signer?.VerifierKey, previous));
        foreach (QuarantinedBytes taken in _quarantine.Taken)
        {
            log.Append(LogEvents.Recover(now, taken));
            Log.LogRecovered(logger, paths.Directory, taken.Length, taken.Index, taken.FileName);
        }

        if (_quarantine.Taken.Count > 0)
        {
            log.Sync();
            _quarantine.Finish();
        }

        log.Acknowledge();
        Log.LogOpened(logger, paths.Directory, log.Descriptor.Origin, log.Size, log.Signer?.VerifierKey ?? "none");
    }

    private LogDescriptor OpenDescriptor(bool mustExist)
    {
        if (!files.Exists(paths.Descriptor))
        {
            bool hadLog = files.List(paths.Segments).Count > 0 || files.Exists(paths.Checkpoint);
            return !mustExist && !hadLog ? CreateLog()
                : throw new InvalidDataException($"The audit log's descriptor '{paths.Descriptor}' is missing, and a log was here; restore the directory, or name another one for a new log.");
        }

        if (!LogDescriptor.TryParse(WholeFile.Read(files, paths.Descriptor), out LogDescriptor? descriptor, out string? problem))
        {
            throw new InvalidDataException($"The audit log's descriptor '{paths.Descriptor}' can't be used. {problem} Restore it from a backup.");
        }

        files.SyncDirectory(paths.Directory); // The process that made it may have died before it came to this.
        bool isUnsigned = descriptor.VerifierKeys.Count == 0;
        if (isUnsigned != options.IsUnsigned)
        {
            throw new InvalidOperationException(isUnsigned
                ? $"The audit log '{paths.Directory}' was made without signatures; set AuditLogOptions.IsUnsigned, or name another directory for a signed log."
                : $"The audit log '{paths.Directory}' is signed; leave AuditLogOptions.IsUnsigned out.");
        }

        foreach (INoteSigner? signer in (INoteSigner?[])[options.Signer, options.PreviousSigner])
        {
            if (signer is not null && signer.Name != descriptor.Origin)
            {
                throw new InvalidOperationException($"The audit log '{paths.Directory}' has the origin '{descriptor.Origin}', and a signer's name is '{signer.Name}'; a checkpoint's key has the log's name.");
            }
        }

        return options.Origin is null || options.Origin == descriptor.Origin ? descriptor
            : throw new InvalidOperationException($"The audit log '{paths.Directory}' has the origin '{descriptor.Origin}', and AuditLogOptions.Origin is '{options.Origin}'; a log's name can't change.");
    }

    private LogDescriptor CreateLog()
    {
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        string origin = options.Origin ?? options.Signer?.Name ?? "guardrails.local/log/" + id;
        INoteSigner? signer = _keys.First(origin, id);
        var descriptor = new LogDescriptor(origin, id, signer is null ? [] : [signer.VerifierKey]);
        files.CreateDirectory(paths.Segments);
        files.CreateDirectory(paths.LeafTiles);
        files.SyncDirectory(paths.Tiles);
        SyncAbove();

        // Last, so that a log with a descriptor is in directories that a power cut leaves.
        WholeFile.Replace(files, paths.Descriptor, descriptor.ToBytes());
        return descriptor;
    }

    // The directories above may be as new as the log's own, made just now or by a process that died.
    private void SyncAbove()
    {
        try
        {
            for (string? above = Path.GetDirectoryName(paths.Directory); above is not null; above = Path.GetDirectoryName(above))
            {
                files.SyncDirectory(above);
            }
        }
        catch (UnauthorizedAccessException)
        {
            // A directory that this user may not even list was there before.
        }
    }

    private INoteSigner? FindSigner(LogDescriptor descriptor, LogEnd end)
    {
        if (descriptor.VerifierKeys.Count == 0)
        {
            Log.LogIsUnsigned(logger, paths.Directory);
            return null;
        }

        uint id = end.RotatedTo is { } key ? NoteKeyText.Parse(key).Id
            : end.SealNote is { } note ? SignerOf(note, descriptor.Origin)
            : NoteKeyText.Parse(descriptor.VerifierKeys[0]).Id;
        return _keys.Find(descriptor.Origin, descriptor.LogId, id);
    }

    private static uint SignerOf(string note, string origin)
    {
        if (SignedNoteParser.Parse(Encoding.UTF8.GetBytes(note), out _, out List<SignedNoteSignature> signatures) is { } problem)
        {
            throw new InvalidDataException($"The audit log's last seal can't be read. {problem} The log isn't appended to; run 'guardrails verify' to see what was changed.");
        }

        return signatures.FirstOrDefault(s => s.Name == origin)?.KeyId
            ?? throw new InvalidDataException("The audit log's last seal isn't signed in the log's name. The log isn't appended to; run 'guardrails verify' to see what was changed.");
    }
}
