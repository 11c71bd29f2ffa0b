namespace ToolGuardrails.ModelContextProtocol;

/// <summary>What a client answered to a question that it was asked.</summary>
/// <param name="WasGiven">Whether it answered: it isn't asked again then.</param>
/// <param name="Decided">The request that is decided because of it.</param>
internal readonly record struct ClientAnswer(bool WasGiven, string? Decided);
