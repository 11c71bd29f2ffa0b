namespace ToolGuardrails;

/// <summary>How safely a record is kept before its call goes on.</summary>
public enum AuditAcknowledgement : byte
{
    /// <summary>Nobody has said; treated as the strictest.</summary>
    Unspecified = 0,

    /// <summary>Taken into bounded memory.</summary>
    Queued = 1,

    /// <summary>Handed to the operating system: survives the death of the process.</summary>
    Written = 2,

    /// <summary>On stable storage: survives a power cut.</summary>
    Durable = 3,

    /// <summary>Durable and covered by a signature.</summary>
    Sealed = 4,
}
