namespace ToolGuardrails.Audit;

/// <summary>How far a log was when writing to it failed.</summary>
/// <param name="Segment">The last segment.</param>
/// <param name="Acknowledged">How many of its bytes were acknowledged. What lies behind them never happened.</param>
/// <param name="Synced">How many of its bytes are on stable storage. After a failed sync nobody knows about the others, so they are written anew.</param>
internal readonly record struct LogPosition(long Segment, long Acknowledged, long Synced);
