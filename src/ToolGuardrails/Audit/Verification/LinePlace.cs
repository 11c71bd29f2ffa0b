namespace ToolGuardrails.Audit;

/// <summary>Where a line stands.</summary>
/// <param name="File">The file, as a report names it.</param>
/// <param name="Index">The index in the log.</param>
/// <param name="Line">The line in the file, from 1.</param>
/// <param name="Offset">Its first byte in the file.</param>
internal readonly record struct LinePlace(string File, long Index, long Line, long Offset)
{
    public AuditLogDamage Damage(AuditLogDamageKind kind, string message) => new(kind, File, message, Index, Line, Offset);
}
