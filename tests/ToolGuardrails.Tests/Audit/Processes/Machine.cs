namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>What this machine can do, found out by doing it once.</summary>
internal static class Machine
{
    private static readonly Lazy<string?> MemoryDisk = new(() => Try(static async () => await (await Mount.MemoryAsync(64)).DisposeAsync()));
    private static readonly Lazy<string?> Image = new(() => Try(MountImageAsync));
    private static readonly Lazy<string?> Strace = new(() => Try(TraceAsync));

    /// <summary>Why something isn't possible here; null where all is.</summary>
    public static string? Missing(MachineNeeds needs)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "Disks are mounted and system calls made to fail as root on Linux only.";
        }

        return (needs.HasFlag(MachineNeeds.MemoryDisk) ? MemoryDisk.Value : null)
            ?? (needs.HasFlag(MachineNeeds.Image) ? Image.Value : null)
            ?? (needs.HasFlag(MachineNeeds.Strace) ? Strace.Value : null);
    }

    private static string? Try(Func<Task> attempt)
    {
        try
        {
            Task.Run(attempt).GetAwaiter().GetResult();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or Xunit.Sdk.XunitException)
        {
            return e.Message;
        }
    }

    private static async Task MountImageAsync()
    {
        using var folder = new TemporaryFolder();
        await Mount.MakeImageAsync(folder.Combine("disk"), 8);
        await (await Mount.ImageAsync(folder.Combine("disk"))).DisposeAsync();
    }

    private static async Task TraceAsync()
    {
        (int code, string said) = await Shell.TryRunAsync("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "true");
        if (code != 0)
        {
            throw new InvalidOperationException($"System calls can't be made to fail here (package strace): {said}");
        }
    }
}
