using ToolGuardrails;

namespace CustomGuard;

/// <summary>Outside office hours, whatever changes something is confirmed by a person. A policy can't say this, because it knows no clock.</summary>
public sealed class OfficeHours(TimeProvider time) : IToolGuard
{
    private static readonly VerdictReason Closed = new("office.closed", "Changes outside office hours, 8 to 18 o'clock UTC, are confirmed by a person.");
    private static readonly Verdict Ask = Verdict.RequireApproval(Closed, RiskTier.Medium);

    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) =>
        new(call.Tool.Access == ToolAccess.Read || time.GetUtcNow().Hour is >= 8 and < 18 ? Verdict.Allow : Ask);
}
