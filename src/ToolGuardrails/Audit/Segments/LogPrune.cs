namespace ToolGuardrails.Audit;

/// <summary>Which lines are removed, and why they may be.</summary>
/// <param name="From">The first line that is still there.</param>
/// <param name="To">The first line that stays: a segment's first.</param>
/// <param name="RetentionDays">How long records are kept, in whole days.</param>
/// <param name="Override">Why that is less than the floor; null where it isn't.</param>
/// <param name="Rotations">Every change of key below <paramref name="To"/>.</param>
internal sealed record LogPrune(long From, long To, long RetentionDays, string? Override, IReadOnlyList<LogKeyRotation> Rotations);
