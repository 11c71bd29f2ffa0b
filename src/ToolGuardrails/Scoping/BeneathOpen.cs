using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ToolGuardrails.Scoping;

/// <summary>Opens a file below a folder in one step of the kernel's (openat2(2), Linux 5.6). What the framework offers looks first and opens afterwards, and a link can change in between.</summary>
internal static partial class BeneathOpen
{
    private const int OpenAt2 = 437; // On every architecture.
    private const int PathOnly = 0x200000, CloseOnExec = 0x80000;
    private const int Create = 0x40, Exclusive = 0x80, Truncate = 0x200, Append = 0x400;
    private const ulong Beneath = 0x08, NoMagicLinks = 0x02;
    private const int NotFound = 2, AccessDenied = 13, Exists = 17, CrossDevice = 18, NoSystemCall = 38, TooManyLinks = 40;

    public static FileStream Open(string folder, string below, FileMode mode, FileAccess access)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw Unsupported();
        }

        using SafeFileHandle root = Checked(OpenFolder(folder, PathOnly | CloseOnExec), folder);
        var how = new How { Flags = (ulong)(CloseOnExec | Flags(mode) | (int)access - 1), Mode = Flags(mode) >= Create && (Flags(mode) & Create) != 0 ? 0b110_100_100ul : 0, Resolve = Beneath | NoMagicLinks };
        var stream = new FileStream(Checked((int)Call(OpenAt2, root, below.Length == 0 ? "." : below, ref how, (nuint)Marshal.SizeOf<How>()), below), access);
        if (mode == FileMode.Append)
        {
            stream.Seek(0, SeekOrigin.End);
        }

        return stream;
    }

    private static int Flags(FileMode mode) => mode switch
    {
        FileMode.Open => 0,
        FileMode.CreateNew => Create | Exclusive,
        FileMode.Create => Create | Truncate,
        FileMode.OpenOrCreate => Create,
        FileMode.Truncate => Truncate,
        FileMode.Append => Create | Append,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Give one of the modes of System.IO.FileMode."),
    };

    private static SafeFileHandle Checked(int handle, string path)
    {
        int error = handle < 0 ? Marshal.GetLastPInvokeError() : 0;
        return error switch
        {
            0 => new SafeFileHandle(handle, ownsHandle: true),
            NotFound => throw new FileNotFoundException($"There is no '{path}'.", path),
            CrossDevice or TooManyLinks => throw new UnauthorizedAccessException($"'{path}' leads out of its folder."),
            AccessDenied => throw new UnauthorizedAccessException($"The system refuses to open '{path}'."),
            Exists => throw new IOException($"'{path}' exists already."),
            NoSystemCall => throw Unsupported(),
            _ => throw new IOException($"'{path}' can't be opened (error {error})."),
        };
    }

    private static PlatformNotSupportedException Unsupported() =>
        new("Opening a file and keeping its path below a folder in one step needs Linux 5.6 or later. Here, give the tool a folder in which nobody else can make links, and ask FolderBoundary.Contains before it opens.");

    [StructLayout(LayoutKind.Sequential)]
    private struct How
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Call(nint number, SafeFileHandle folder, string path, ref How how, nuint size);
}
