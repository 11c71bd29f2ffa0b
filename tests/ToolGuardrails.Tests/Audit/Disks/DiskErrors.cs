namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>The exceptions that the framework throws for a disk's errors on Unix: the error's number is the result code.</summary>
internal static class DiskErrors
{
    private const int InputOutput = 5;
    private const int NoSpaceLeft = 28;
    private const int ReadOnlyFileSystem = 30;

    public static IOException Of(DiskFault fault, DiskStep step) => fault switch
    {
        DiskFault.Error or DiskFault.ErrorAfterEffect => new IOException($"Input/output error : '{step.Path}'", InputOutput),
        DiskFault.NoSpace or DiskFault.NoSpaceAfterEffect => new IOException($"No space left on device : '{step.Path}'", NoSpaceLeft),
        DiskFault.ReadOnly => new IOException($"Read-only file system : '{step.Path}'", ReadOnlyFileSystem),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No error."),
    };
}
