namespace ToolGuardrails.Audit;

/// <summary>A change of the signing key.</summary>
/// <param name="Index">The <c>key</c> line's index.</param>
/// <param name="Line">The <c>key</c> line's text: its hash is what shows that there was one.</param>
/// <param name="VerifierKey">The new key.</param>
/// <param name="Replaces">The old one.</param>
/// <param name="Note">The seal right behind the line, signed by both.</param>
internal sealed record LogKeyRotation(long Index, string Line, string VerifierKey, string Replaces, string Note);
