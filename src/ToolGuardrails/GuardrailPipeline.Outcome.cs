using ToolGuardrails.Audit;

namespace ToolGuardrails;

// What comes after the tool: result guards, then the outcome's record.
public sealed partial class GuardrailPipeline
{
    // Result guards. The tool has run, so a caller who cancels now gets no result, but the outcome is recorded all the same.
    private async ValueTask<VerdictReason?> JudgeResultAsync<T>(ToolCall call, ResultContract<T> contract, T value, CancellationToken cancellationToken)
    {
        if (_resultGuards.Length == 0)
        {
            return null;
        }

        try
        {
            return await JudgeResultAsync(call, contract.ToResult(value), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Reasons.ResultWithheld;
        }
        catch (Exception)
        {
            // What its contract can't write, guards can't read.
            return Reasons.ResultUnreadable;
        }
    }

    private async ValueTask<VerdictReason?> JudgeResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken)
    {
        foreach (IToolResultGuard guard in _resultGuards)
        {
            Verdict verdict = await _deadline.AskAsync(guard, call.With(default, call.Tier), result, cancellationToken);
            if (verdict.Effect != Effect.Allow)
            {
                return verdict.Reason == Reasons.GuardSilent ? Reasons.ResultWithheld : verdict.Reason;
            }
        }

        return null;
    }

    // Audit (outcome).
    private async ValueTask<bool> RecordOutcomeAsync<T>(ToolCall call, OutcomeStatus status, string? error, VerdictReason? withheld, ResultContract<T>? contract, T? value)
    {
        bool kept = await Trail.OutcomeAsync(call, status, error, withheld, contract, value);
        if (!kept)
        {
            Log.OutcomeLost(_logger, call.CallId, call.Tool.Id);
        }

        return kept;
    }
}
