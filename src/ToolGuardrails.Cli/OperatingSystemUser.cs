using System.Runtime.InteropServices;
using System.Security.Principal;

namespace ToolGuardrails.Cli;

/// <summary>Who runs the command, as the operating system has proven it: the user is the principal, the user's groups are the roles. Nothing of it comes from the environment.</summary>
internal static partial class OperatingSystemUser
{
    private const int LargestEntry = 1 << 20;
    private const int TooSmall = 34;

    /// <summary>The user under whose rights the process runs; on Windows with the domain.</summary>
    public static Principal Principal => Environment.UserName is { Length: > 0 } name
        ? new("os", OperatingSystem.IsWindows() ? $"{Environment.UserDomainName}\\{name}" : name)
        : throw new CommandException("The operating system has no name for the user of this process, so nobody could know who did this. Run the command as a user with a name.");

    /// <summary>The user with the groups of the process, by name. A group without a name is no role.</summary>
    public static ApproverIdentity Identity => new(Principal, OperatingSystem.IsWindows() ? WindowsGroups() : UnixGroups());

    [System.Runtime.Versioning.SupportedOSPlatform("windows")]
    private static string[] WindowsGroups()
    {
        using var user = WindowsIdentity.GetCurrent();
        return [.. user.Groups?.Translate(typeof(NTAccount), forceSuccess: false).OfType<NTAccount>().Select(static g => g.Value) ?? []];
    }

    private static string[] UnixGroups()
    {
        int count = GetGroups(0, null);
        uint[] ids = new uint[Math.Max(count, 0)];
        count = count < 0 ? count : GetGroups(ids.Length, ids);
        return count < 0
            ? throw new IOException($"The groups of this user can't be read (error {Marshal.GetLastPInvokeError()}).")
            : [.. ids.AsSpan(0, count).ToArray().Prepend(GetEffectiveGroup()).Distinct().Select(NameOf).OfType<string>()];
    }

    // The name is the first member of the C structure on every Unix.
    private static unsafe string? NameOf(uint group)
    {
        for (int size = 1024; size <= LargestEntry; size *= 2)
        {
            // Begins with the structure, which is far smaller than this; its texts follow.
            const int structure = 128;
            byte[] buffer = new byte[structure + size];
            fixed (byte* entry = buffer)
            {
                int error = GetGroup(group, entry, entry + structure, (nuint)size, out nint found);
                if (error != TooSmall)
                {
                    return error == 0 && found != 0 ? Marshal.PtrToStringUTF8(*(nint*)entry) : null;
                }
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveGroup();

    [LibraryImport("libc", EntryPoint = "getgroups", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetGroups(int size, [Out] uint[]? groups);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int GetGroup(uint id, byte* entry, byte* texts, nuint size, out nint found);
}
