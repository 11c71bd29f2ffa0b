using System.Runtime.InteropServices;

namespace ToolGuardrails.Audit;

/// <summary>Moves a finished file to its place unless another process was first. On Unix the framework's move looks and then renames, so two of them can both succeed; a hard link can't.</summary>
internal static partial class FilePlacement
{
    private const int AlreadyExists = 17;

    public static void PlaceFirst(string finished, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            MoveFirst(finished, path);
            return;
        }

        int error = Link(finished, path) == 0 ? 0 : Marshal.GetLastPInvokeError();
        File.Delete(finished);
        if (error is not (0 or AlreadyExists))
        {
            throw new IOException($"The file '{path}' can't be put in place (error {error}).");
        }
    }

    private static void MoveFirst(string finished, string path)
    {
        try
        {
            File.Move(finished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(finished);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string path);
}
