namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>What happens to an operation.</summary>
internal enum DiskFault : byte
{
    None = 0,

    /// <summary>EIO, and nothing was done. A sync that fails loses what it should have saved, whichever error it reports.</summary>
    Error,

    /// <summary>EIO, and part of a write was done, or all of anything else.</summary>
    ErrorAfterEffect,

    /// <summary>ENOSPC, and nothing was done.</summary>
    NoSpace,

    /// <summary>ENOSPC, and part of a write was done.</summary>
    NoSpaceAfterEffect,

    /// <summary>EROFS, and nothing was done.</summary>
    ReadOnly,

    /// <summary>The process dies before the operation. What it did before is in the system's cache.</summary>
    Kill,

    /// <summary>The process dies in the middle: part of a write was done, or all of anything else.</summary>
    KillAfterEffect,

    /// <summary>The power goes before the operation.</summary>
    CutPower,
}
