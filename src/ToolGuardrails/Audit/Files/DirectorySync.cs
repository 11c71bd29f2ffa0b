using System.Runtime.InteropServices;

namespace ToolGuardrails.Audit;

/// <summary>Makes a new file's name survive a power cut. The framework can't open a directory, so this asks the C library.</summary>
internal static partial class DirectorySync
{
    private const int AccessDenied = 13;

    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals names; there is nothing to ask for.
        }

        int handle = Open(directory, flags: 0);
        if (handle < 0)
        {
            string message = $"The directory '{directory}' can't be opened to make its entries durable (error {Marshal.GetLastPInvokeError()}).";
            throw Marshal.GetLastPInvokeError() == AccessDenied ? new UnauthorizedAccessException(message) : new IOException(message);
        }

        int result = FSync(handle);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (result != 0)
        {
            throw new IOException($"The directory '{directory}' can't be made durable (error {error}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
