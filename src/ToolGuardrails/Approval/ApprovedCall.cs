namespace ToolGuardrails;

/// <summary>An earlier call that a human approved.</summary>
/// <param name="RequestId">Its request.</param>
/// <param name="At">When it was approved.</param>
/// <param name="Arguments">Its exact arguments in canonical form, as UTF-8.</param>
public sealed record ApprovedCall(string RequestId, DateTimeOffset At, ReadOnlyMemory<byte> Arguments);
