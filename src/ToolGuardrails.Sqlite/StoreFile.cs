using System.Runtime.InteropServices;
using SQLitePCL;

namespace ToolGuardrails.Sqlite;

/// <summary>The file at the store's path: how it comes to be there, and whether it is still the one that was opened.</summary>
/// <remarks>Someone who deletes or replaces the file under a running host must not lift what is suspended (law 5).</remarks>
internal sealed partial class StoreFile(string path)
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const int AlreadyExists = 17;

    private volatile bool _isLost;

    // While a connection is open, its index of the write-ahead log is there too. Without it another process would begin an index and a log of its own.
    private readonly string _index = path + "-shm";

    /// <summary>The path with its links followed, where SQLite keeps its other files.</summary>
    public static string Resolve(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    /// <summary>Refuses a file that any user of the machine can reach: whoever writes it lifts suspensions and approves. A group is an administrator's choice.</summary>
    public static void CheckRights(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new UnauthorizedAccessException($"Every user of this machine can reach the store '{path}', and whoever can write it can lift suspensions and approve calls; take that right away with: chmod o= '{path}'");
        }
    }

    /// <summary>Makes a whole new store, for its owner only, unless another process was first.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"The store '{path}' is a folder; give the path of a file.");
        }

        string folder = Path.GetDirectoryName(path)!;
        _ = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder)
            : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // Made apart and put in place when it is whole, so that no process ever opens half a store.
        string own = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(own, options).Dispose();
        try
        {
            StoreSchema.Create(own);
            PlaceFirst(own, path);
        }
        finally
        {
            File.Delete(own);
        }
    }

    /// <summary>Throws where the path doesn't lead to the open file any more, and from then on always: what was kept may be kept elsewhere now.</summary>
    public void CheckInPlace(sqlite3 db)
    {
        if (_isLost || OpenFile.HasMoved(db) || !File.Exists(_index))
        {
            _isLost = true;
            throw new IOException($"The store '{path}', or the file '{Path.GetFileName(_index)}' beside it, was deleted or replaced while it was open, so what is suspended isn't known; put the right file in place and start this process again.");
        }
    }

    // The framework's move looks and then renames, so two processes can both succeed on Unix; a hard link can't.
    private static void PlaceFirst(string finished, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(finished, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                return;
            }
        }
        else if (Link(finished, path) != 0 && Marshal.GetLastPInvokeError() is var error and not AlreadyExists)
        {
            throw new IOException($"The store '{path}' can't be put in place (error {error}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string path);
}
