namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A tool began to run.</summary>
/// <param name="By">Whose call it was.</param>
/// <param name="Place">When, among all events of the run.</param>
/// <param name="Forbidden">Why it mustn't have begun; null where nothing forbids it.</param>
internal sealed record ToolStart(string By, int Place, string? Forbidden);
