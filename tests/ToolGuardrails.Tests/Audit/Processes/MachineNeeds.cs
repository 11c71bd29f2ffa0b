namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>What a test may need of the machine.</summary>
[Flags]
internal enum MachineNeeds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A disk in memory can be mounted.</summary>
    MemoryDisk = 1,

    /// <summary>An image with ext4 can be made and mounted.</summary>
    Image = 2,

    /// <summary>System calls can be made to fail.</summary>
    Strace = 4,
}
