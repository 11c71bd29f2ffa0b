using System.Diagnostics;

namespace ToolGuardrails.Tests.Audit;

/// <summary>A disk of 64 KiB in memory, mounted at a folder of the test's own. Needs root on Linux.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallDisk()
    {
        if (!Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", _folder.Path))
        {
            _folder.Dispose();
            throw new InvalidOperationException("The small disk can't be mounted.");
        }
    }

    /// <summary>Why there can be no small disk here; null where there can.</summary>
    public static string? Missing { get; } = Try();

    public string Path => _folder.Path;

    /// <summary>Leaves room for so many bytes and no more.</summary>
    public void FillBut(int bytes)
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, "ballast"), FileMode.Create);
        long free = new DriveInfo(Path).AvailableFreeSpace - bytes;
        file.Write(new byte[Math.Max(0, free)]);
    }

    public void Empty() => File.Delete(System.IO.Path.Combine(Path, "ballast"));

    public void Dispose()
    {
        Run("umount", "-l", _folder.Path);
        _folder.Dispose();
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "A full disk can only be made as root on Linux.";
        }

        try
        {
            new SmallDisk().Dispose();
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process? process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process?.WaitForExit();
        return process is { ExitCode: 0 };
    }
}
