using Microsoft.Win32.SafeHandles;

namespace ToolGuardrails.Audit;

/// <summary>A handle with the path at which it was opened; a lock is nothing else.</summary>
internal sealed class PlacedHandle(SafeFileHandle handle, string path) : IPlacedFile
{
    public bool IsInPlace => Is(handle, path);

    // Two files were not made in the same tenth of a microsecond. Windows doesn't let anybody remove a file that is open here.
    public static bool Is(SafeFileHandle handle, string path) =>
        OperatingSystem.IsWindows() || (File.Exists(path) && File.GetCreationTimeUtc(handle) == File.GetCreationTimeUtc(path));

    public void Dispose() => handle.Dispose();
}
