using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>The real disk, with what is read counted, and with writes that can be made to hang.</summary>
internal sealed class WatchedFiles : ILogFiles, IDisposable
{
    private readonly DiskFiles _disk = new();
    private readonly ManualResetEventSlim _goesOn = new(true);
    private TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytesRead;

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Makes the next write hang, and all behind it.</summary>
    /// <returns>Completes when one does.</returns>
    public Task Stall()
    {
        _hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _goesOn.Reset();
        return _hangs.Task;
    }

    public void GoOn() => _goesOn.Set();

    /// <summary>Lets a failing test end too: declared behind the log, because a log that hangs doesn't close.</summary>
    public IDisposable GoOnAtLast() => new Last(this);

    public void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public bool Exists(string path) => _disk.Exists(path);

    public IReadOnlyList<string> List(string directory) => _disk.List(directory);

    public ILogFile Open(string path) => new WatchedFile(this, _disk.Open(path));

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public void Delete(string path) => _disk.Delete(path);

    public void SyncDirectory(string path) => _disk.SyncDirectory(path);

    public IPlacedFile? TryLock(string path) => _disk.TryLock(path);

    public void Dispose()
    {
        GoOn();
        _goesOn.Dispose();
    }

    private void Pass()
    {
        if (!_goesOn.IsSet)
        {
            _hangs.TrySetResult();
            _goesOn.Wait();
        }
    }

    private sealed class Last(WatchedFiles disk) : IDisposable
    {
        public void Dispose() => disk.GoOn();
    }

    private sealed class WatchedFile(WatchedFiles disk, ILogFile file) : ILogFile
    {
        public long Length => file.Length;

        public bool IsInPlace => file.IsInPlace;

        public int Read(Span<byte> bytes, long offset)
        {
            int read = file.Read(bytes, offset);
            Interlocked.Add(ref disk._bytesRead, read);
            return read;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            disk.Pass();
            file.Write(bytes, offset);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }
}
