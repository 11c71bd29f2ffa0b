namespace ToolGuardrails.Audit;

/// <summary>A line of a note that claims to be a signature.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="KeyId">The key's id.</param>
/// <param name="Bytes">What the key made of the text.</param>
internal sealed record SignedNoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Bytes);
