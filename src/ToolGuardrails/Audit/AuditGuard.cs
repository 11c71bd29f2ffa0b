using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>The last stage before the tool: writes the call's one decision record, and denies what can't be recorded as its tier demands (law 6).</summary>
internal sealed class AuditGuard(AuditTrail trail) : IToolGuard
{
    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
    {
        ValueTask<bool> recording = trail.DecisionAsync(call);
        return recording.IsCompletedSuccessfully ? new(Judge(recording.Result)) : AwaitAsync(recording);
    }

    private static async ValueTask<Verdict> AwaitAsync(ValueTask<bool> recording) => Judge(await recording.ConfigureAwait(false));

    private static Verdict Judge(bool recorded) => recorded ? Verdict.Allow : Verdict.Deny(Reasons.AuditUnavailable);
}
