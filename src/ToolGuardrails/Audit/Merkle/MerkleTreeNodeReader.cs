namespace ToolGuardrails.Audit;

/// <summary>Reads the hash of a complete subtree: the one over leaves <c>index * 2^level</c> up to <c>(index + 1) * 2^level</c>. Level 0 holds the leaves' hashes.</summary>
/// <param name="level">The subtree's height.</param>
/// <param name="index">Its position among those of its height.</param>
/// <param name="hash">Receives 32 bytes.</param>
internal delegate void MerkleTreeNodeReader(int level, long index, Span<byte> hash);
