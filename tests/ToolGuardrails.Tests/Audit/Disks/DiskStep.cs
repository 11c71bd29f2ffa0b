namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>One operation of one process: what a plan decides on, and what the disk's log keeps.</summary>
/// <param name="Number">From 0, anew for each process.</param>
/// <param name="Operation">What was asked.</param>
/// <param name="Path">From the disk's root on, with slashes.</param>
/// <param name="Handle">Which open file; 0 where a path was named.</param>
/// <param name="Fault">What came of it.</param>
internal readonly record struct DiskStep(int Number, DiskOperation Operation, string Path, int Handle, DiskFault Fault = DiskFault.None)
{
    /// <summary>Whether the operation changes what a power cut or the next process would find.</summary>
    public bool Changes => Operation is not (DiskOperation.List or DiskOperation.Open or DiskOperation.Read or DiskOperation.Lock);

    public override string ToString() => $"{Number} {Operation} {Path}{(Handle > 0 ? $" #{Handle}" : "")}{(Fault != DiskFault.None ? $" -> {Fault}" : "")}";
}
