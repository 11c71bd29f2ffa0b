namespace ToolGuardrails.Audit;

/// <summary>The lines of a segment that a reader sees.</summary>
/// <param name="First">The first one's index.</param>
/// <param name="End">The index behind the last one.</param>
internal readonly record struct ReaderSegment(long First, long End);
