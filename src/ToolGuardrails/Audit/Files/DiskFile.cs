using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ToolGuardrails.Audit;

/// <summary>An open file on the real disk. It syncs by the C library, because the framework's own flush returns normally when the disk reports an error.</summary>
internal sealed partial class DiskFile(SafeFileHandle handle, string path) : ILogFile
{
    private const int FullSyncOnMac = 51;

    /// <summary>Windows writes through instead: there is no other sync there whose errors are sure to be seen.</summary>
    public static FileOptions Options => OperatingSystem.IsWindows() ? FileOptions.WriteThrough : FileOptions.None;

    public long Length => RandomAccess.GetLength(handle);

    public bool IsInPlace => PlacedHandle.Is(handle, path);

    public int Read(Span<byte> bytes, long offset)
    {
        int total = 0;
        while (total < bytes.Length)
        {
            int read = RandomAccess.Read(handle, bytes[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Sync()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // A sync on a Mac stops at the drive's cache unless it is asked for in this way; not every file system there knows it.
        if (OperatingSystem.IsMacOS())
        {
            if (Control(handle, FullSyncOnMac) == 0)
            {
                return;
            }

            // EINVAL, ENOTTY, ENOTSUP: not known here. Any other error is the disk's, and asking again in another way would hide it.
            if (Marshal.GetLastPInvokeError() is not (22 or 25 or 45))
            {
                throw new IOException($"The file '{path}' can't be made durable (error {Marshal.GetLastPInvokeError()}).");
            }
        }

        if (SyncNow(handle) != 0)
        {
            throw new IOException($"The file '{path}' can't be made durable (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    public void Dispose() => handle.Dispose();

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncNow(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeFileHandle handle, int command);
}
