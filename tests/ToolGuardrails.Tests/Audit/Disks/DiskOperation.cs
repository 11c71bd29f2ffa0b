namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>What a process can ask of a disk.</summary>
internal enum DiskOperation : byte
{
    CreateDirectory,
    List,
    Open,
    Create,
    Read,
    Write,
    SetLength,
    Sync,
    Rename,
    Delete,
    SyncDirectory,
    Lock,
}
