namespace ToolGuardrails;

/// <summary>A record and its place in a log.</summary>
/// <param name="Index">How many records were written before it, since the log began.</param>
/// <param name="Record">The record. It holds a copy of its line, which may be kept.</param>
public readonly record struct AuditLogEntry(long Index, AuditRecord Record);
