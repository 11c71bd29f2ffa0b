using System.Runtime.InteropServices;
using SQLitePCL;

namespace ToolGuardrails.Sqlite;

/// <summary>Asks SQLite whether the path still leads to the file that it has open. The managed binding lacks this function, so it is looked up in the library that the binding has loaded.</summary>
internal static unsafe class OpenFile
{
    private const int HasMovedCode = 20;

    private static readonly delegate* unmanaged[Cdecl]<nint, byte*, int, int*, int> FileControl =
        (delegate* unmanaged[Cdecl]<nint, byte*, int, int*, int>)NativeLibrary.GetExport(
            NativeLibrary.Load(raw.GetNativeLibraryName(), typeof(SQLitePCL.Batteries_V2).Assembly, searchPath: null), "sqlite3_file_control");

    /// <summary>Whether the file was renamed, replaced or deleted since it was opened, or can't be looked at.</summary>
    public static bool HasMoved(sqlite3 db)
    {
        // Windows lets nobody move or delete a file that is open so, and its SQLite doesn't know this question.
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        int moved = 0;
        int result = FileControl(db.DangerousGetHandle(), null, HasMovedCode, &moved);
        GC.KeepAlive(db);
        return result != raw.SQLITE_OK || moved != 0;
    }
}
