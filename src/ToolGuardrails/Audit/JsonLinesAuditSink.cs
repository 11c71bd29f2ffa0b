using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>Appends each record as one line to a file that only its owner can read. Every write goes through to the disk before it counts.</summary>
/// <remarks>
/// The file shows what happened, and a CRC shows a torn line; it does not show what somebody with access to the disk has changed.
/// It writes through instead of flushing afterwards, because a flush hides errors on this runtime. One process at a time may have the file open.
/// </remarks>
public sealed class JsonLinesAuditSink : IAuditSink, IDisposable
{
    private readonly Lock _lock = new();
    private SafeFileHandle? _owned;
    private SafeFileHandle? _file;
    private long _length;
    private bool _disposed;

    /// <summary>Creates the sink; the file is opened when a pipeline is checked, or with the first record.</summary>
    /// <param name="path">The file; missing folders are made. A relative path is resolved against the current directory, a host's content root by default.</param>
    public JsonLinesAuditSink(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        FilePath = Path.GetFullPath(path);
    }

    /// <summary>The file's full path.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    public AuditAcknowledgement Highest => AuditAcknowledgement.Durable;

    /// <inheritdoc/>
    /// <exception cref="IOException">The file can't be opened or written; another process may have it open.</exception>
    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Open();
            try
            {
                RandomAccess.Write(_file, batch.Lines.Span, _length);
                _length += batch.Lines.Length;
            }
            catch
            {
                GiveUp();
                throw;
            }
        }

        return default;
    }

    /// <summary>Opens the file now, so that a host learns at start what its first record would.</summary>
    /// <returns>Why that can't be done; null where it can.</returns>
    internal string? TryOpen()
    {
        lock (_lock)
        {
            try
            {
                Open();
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _file?.Dispose();
            _file = null;
            _owned?.Dispose();
            _owned = null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => FilePath;

    [MemberNotNull(nameof(_file))]
    private void Open()
    {
        // A file that was removed, cut or replaced by one of another length takes records nobody will find: start again at its path.
        if (_file is not null && (!File.Exists(FilePath) || new FileInfo(FilePath).Length != _length))
        {
            _file.Dispose();
            _file = null;
        }

        if (_file is not null)
        {
            return;
        }

        string folder = Path.GetDirectoryName(FilePath)!;
        Directory.CreateDirectory(folder);
        _owned ??= OpenHandle(FilePath + ".lock", FileShare.None);
        _file = OpenHandle(FilePath, FileShare.Read);
        try
        {
            _length = RandomAccess.GetLength(_file);
            DirectorySync.Flush(folder);
            if (_length > 0 && LastByte() != '\n')
            {
                // A torn line of an earlier process stays as it is; the next record begins a line of its own.
                RandomAccess.Write(_file, "\n"u8, _length);
                _length++;
            }
        }
        catch
        {
            _file.Dispose();
            _file = null;
            throw;
        }
    }

    // On Unix only a handle that shares nothing keeps another process out, and it would keep readers out too; so that one is held on a file beside the log.
    private SafeFileHandle OpenHandle(string path, FileShare share)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && !File.Exists(path))
            {
                using var made = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            }

            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, FileOptions.WriteThrough);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The audit file '{FilePath}' can't be opened for writing: {e.Message} One process at a time may write it; give each its own file.", e);
        }
    }

    private byte LastByte()
    {
        byte last = 0;
        RandomAccess.Read(_file!, new Span<byte>(ref last), _length - 1);
        return last;
    }

    // A write that fails may have left part of a line; cut it off if the disk lets us, and open anew either way.
    private void GiveUp()
    {
        try
        {
            RandomAccess.SetLength(_file!, _length);
        }
        catch (IOException)
        {
            // The next opening finds the torn line and starts a new one behind it.
        }

        _file!.Dispose();
        _file = null;
    }
}
