namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>A record that the log said it keeps.</summary>
/// <param name="Line">The exact line.</param>
/// <param name="Written">When.</param>
/// <param name="Level">How safely.</param>
internal sealed record LogPromise(string Line, DateTimeOffset Written, AuditAcknowledgement Level);
