namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>A revision that a store has kept.</summary>
/// <param name="Case">What it says.</param>
/// <param name="Words">The same, without what is another in each run.</param>
/// <param name="JudgedAt">The time by which the writer decided to write it.</param>
/// <param name="Place">Its place among all events of the run.</param>
internal sealed record KeptRevision(ApprovalCase Case, string Words, DateTimeOffset JudgedAt, int Place);
