namespace ToolGuardrails.Audit;

/// <summary>What the log asks of a disk, one step each, so that a test can fail or stop at any of them. Every method may throw an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
internal interface ILogFiles
{
    /// <summary>Makes a directory and those above it, for its owner only, if it isn't there.</summary>
    void CreateDirectory(string path);

    bool Exists(string path);

    /// <summary>The names of the files in a directory, in ordinal order; none where it isn't there.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Opens a file to read and write, and makes it for its owner only where it isn't there.</summary>
    ILogFile Open(string path);

    /// <summary>Puts a file in another's place at once.</summary>
    void Rename(string from, string to);

    void Delete(string path);

    /// <summary>Makes the names in a directory survive a power cut.</summary>
    void SyncDirectory(string path);

    /// <summary>Takes the lock that one process at a time can hold; null while another has it. A lock dies with its process.</summary>
    IPlacedFile? TryLock(string path);
}

/// <summary>A file that was opened at a path.</summary>
internal interface IPlacedFile : IDisposable
{
    /// <summary>Whether it still is the file at that path: what somebody removes or replaces takes writes and locks that nobody else will see.</summary>
    bool IsInPlace { get; }
}

/// <summary>An open file.</summary>
internal interface ILogFile : IPlacedFile
{
    long Length { get; }

    /// <summary>Reads what there is from an offset on, up to the span's length.</summary>
    int Read(Span<byte> bytes, long offset);

    /// <summary>Writes all bytes; they survive the process, not yet a power cut.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    void SetLength(long length);

    /// <summary>Makes everything written so far survive a power cut. After a failure nothing may be assumed about what was written since the last success; a second try proves nothing.</summary>
    void Sync();
}
