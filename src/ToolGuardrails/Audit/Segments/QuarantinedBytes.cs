namespace ToolGuardrails.Audit;

/// <summary>Bytes that a recovery took out of a segment and kept aside.</summary>
/// <param name="Index">The index that their first line would have had.</param>
/// <param name="Length">How many.</param>
/// <param name="Sha256">Their SHA-256 in hex.</param>
/// <param name="FileName">Where they are, in the log's directory.</param>
internal sealed record QuarantinedBytes(long Index, long Length, string Sha256, string FileName);
