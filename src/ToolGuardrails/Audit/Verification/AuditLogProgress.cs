namespace ToolGuardrails;

/// <summary>How far a verification has come.</summary>
/// <param name="BytesDone">Bytes of segments and pruned hashes that were read.</param>
/// <param name="BytesTotal">How many there were when the verification began.</param>
public readonly record struct AuditLogProgress(long BytesDone, long BytesTotal);
