namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>What a workload does next.</summary>
internal enum LogStepKind : byte
{
    Write,
    Seal,
    RotateKey,
    Prune,

    /// <summary>Closes the log; the next step opens it again.</summary>
    Close,

    /// <summary>A second passes, so the log seals what isn't.</summary>
    Second,

    /// <summary>Two hundred days pass while the log is closed.</summary>
    Months,
}

/// <summary>One step of a workload.</summary>
/// <param name="Kind">What.</param>
/// <param name="Level">A batch's acknowledgement.</param>
/// <param name="Records">How many records a batch has.</param>
/// <param name="Bytes">How long each one's text is.</param>
internal readonly record struct LogStep(LogStepKind Kind, AuditAcknowledgement Level = default, int Records = 0, int Bytes = 0)
{
    public static LogStep Write(AuditAcknowledgement level, int records = 1, int bytes = 40) => new(LogStepKind.Write, level, records, bytes);

    public override string ToString() => Kind == LogStepKind.Write ? $"{Level} {Records}x{Bytes}" : Kind.ToString();
}
