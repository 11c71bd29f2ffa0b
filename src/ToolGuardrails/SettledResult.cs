namespace ToolGuardrails;

/// <summary>What becomes of a tool's result: what passes, or why nothing does.</summary>
/// <param name="Value">What passes.</param>
/// <param name="Withheld">Why nothing passes; null where something does.</param>
/// <param name="Read">The same as bytes, where it had to be read; default where it hadn't.</param>
/// <param name="Dropped">How many values of it don't pass.</param>
internal readonly record struct SettledResult<T>(T? Value, VerdictReason? Withheld, ToolResult Read = default, int Dropped = 0);
