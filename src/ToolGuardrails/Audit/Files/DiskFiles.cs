using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ToolGuardrails.Audit;

/// <summary>The real disk.</summary>
internal sealed partial class DiskFiles : ILogFiles
{
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;

    public void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public bool Exists(string path) => File.Exists(path);

    public IReadOnlyList<string> List(string directory)
    {
        string[] names = Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory).Select(static f => Path.GetFileName(f))] : [];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public ILogFile Open(string path) => new DiskFile(OpenHandle(path, FileShare.Read, DiskFile.Options), path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void SyncDirectory(string path) => DirectorySync.Flush(path);

    public IPlacedFile? TryLock(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = OpenHandle(path, FileShare.None, FileOptions.None);
        }
        catch (IOException e) when (IsTaken(e))
        {
            return null;
        }

        // The framework's own lock can be turned off by an environment variable; this one can't.
        if (!OperatingSystem.IsWindows() && Lock(handle, LockExclusive | LockWithoutWaiting) != 0)
        {
            handle.Dispose();
            return null;
        }

        return new PlacedHandle(handle, path);
    }

    // EWOULDBLOCK on Linux and on macOS; a sharing or lock violation on Windows.
    private static bool IsTaken(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;

    private static SafeFileHandle OpenHandle(string path, FileShare share, FileOptions options)
    {
        // A link put in a file's place would have the writer read or overwrite whatever it leads to.
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new UnauthorizedAccessException($"'{path}' is a link; files of an audit log aren't.");
        }

        if (!OperatingSystem.IsWindows() && !File.Exists(path))
        {
            using var made = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }

        return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, options);
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(SafeFileHandle handle, int operation);
}
