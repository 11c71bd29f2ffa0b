namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A use that a store has counted.</summary>
/// <param name="Grant">The grant's id.</param>
/// <param name="By">Whose call it was for.</param>
/// <param name="Place">When, among all events of the run.</param>
internal sealed record GrantUse(string Grant, string By, int Place);
