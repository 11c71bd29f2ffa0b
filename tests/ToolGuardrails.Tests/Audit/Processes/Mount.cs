namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>A file system of a test's own, mounted at a folder of its own. Needs root on Linux.</summary>
internal sealed class Mount : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private Mount()
    {
    }

    public string Path => _folder.Path;

    /// <summary>A disk in memory.</summary>
    public static Task<Mount> MemoryAsync(int kilobytes) => MountAsync("-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs");

    /// <summary>An image with ext4 on it. The journal is written when somebody syncs, not by the clock.</summary>
    public static Task<Mount> ImageAsync(string image) => MountAsync("-o", "loop,commit=300", image);

    public static async Task MakeImageAsync(string path, int megabytes)
    {
        await using (var file = new FileStream(path, FileMode.CreateNew))
        {
            file.SetLength(megabytes * 1024L * 1024);
        }

        await Shell.RunAsync("mkfs.ext4", "-q", "-F", path);
    }

    /// <summary>Makes it a disk that can only be read.</summary>
    public Task FreezeAsync() => Shell.RunAsync("mount", "-o", "remount,ro", Path);

    /// <summary>Leaves room for so many bytes and no more.</summary>
    public void FillBut(int bytes)
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, "ballast"), FileMode.Create);
        file.Write(new byte[Math.Max(0, new DriveInfo(Path).AvailableFreeSpace - bytes)]);
    }

    public void Empty() => File.Delete(System.IO.Path.Combine(Path, "ballast"));

    public async ValueTask DisposeAsync()
    {
        await Shell.TryRunAsync("umount", "-l", Path);
        _folder.Dispose();
    }

    private static async Task<Mount> MountAsync(params string[] arguments)
    {
        var mount = new Mount();
        (int code, string said) = await Shell.TryRunAsync("mount", [.. arguments, mount.Path]);
        if (code != 0)
        {
            mount._folder.Dispose();
            throw new InvalidOperationException($"Nothing can be mounted here: {said}");
        }

        return mount;
    }
}
