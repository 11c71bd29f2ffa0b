using static ToolGuardrails.AuditAcknowledgement;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>What the crash tests let a log do: every level, seals by hand, by count and by time, new segments, a full tile, two keys, a prune, two openings and closings.</summary>
internal static class CrashWorkload
{
    public static readonly IReadOnlyList<LogStep> Steps =
    [
        LogStep.Write(Written, 2),
        LogStep.Write(Durable),
        LogStep.Write(Queued),
        LogStep.Write(Sealed),
        LogStep.Write(Written, 45),
        LogStep.Write(Durable, 2, 2000),
        new(LogStepKind.Second),
        new(LogStepKind.RotateKey),
        LogStep.Write(Written, 3),
        new(LogStepKind.Seal),
        LogStep.Write(Durable, 220),
        LogStep.Write(Written, 1),
        new(LogStepKind.Months),
        LogStep.Write(Durable, 3),
        LogStep.Write(Written, 2, 1500),
        LogStep.Write(Durable, 1, 1500),
        new(LogStepKind.Prune),
        new(LogStepKind.RotateKey),
        LogStep.Write(Written, 2),
        LogStep.Write(Durable),
    ];

    /// <summary>What the next process does, on a disk without faults.</summary>
    public static readonly IReadOnlyList<LogStep> Afterwards = [LogStep.Write(Written, 2), LogStep.Write(Durable, 2), LogStep.Write(Written)];
}
