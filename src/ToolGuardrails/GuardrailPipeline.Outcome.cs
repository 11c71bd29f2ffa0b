using ToolGuardrails.Audit;
using ToolGuardrails.Policy;
using ToolGuardrails.Results;

namespace ToolGuardrails;

// What comes after the tool: projection, size, result guards, then the outcome's record.
public sealed partial class GuardrailPipeline
{
    // The tool has run, so nothing here turns into an exception, and a caller who cancels now gets no result; the outcome is recorded all the same.
    private async ValueTask<SettledResult<T>> SettleResultAsync<T>(ToolCall call, ResultContract<T> contract, T value, CancellationToken cancellationToken)
    {
        try
        {
            List<FieldTree>? fields = ResultProjection.FieldsFor(call);
            if (fields is null && _resultGuards.Length == 0 && !contract.IsSerialized)
            {
                return new(value, contract.IsLongerThan(value, _maxResultBytes) ? Reasons.ResultTooLarge : null);
            }

            SettledResult<T> read = Project(contract, value, fields);
            return read.Withheld is not null ? read
                : await JudgeResultAsync(call, read.Read, cancellationToken) is { } withheld ? read with { Withheld = withheld }
                : read;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new(value, Reasons.ResultWithheld);
        }
        catch (Exception)
        {
            // What its contract can't write, guards can't read.
            return new(value, fieldsOrGuards(call) ? Reasons.ResultUnreadable : null);
        }

        bool fieldsOrGuards(in ToolCall settled) => _resultGuards.Length > 0 || ((PolicySlot)settled.Resolved).HasFields;
    }

    private SettledResult<T> Project<T>(ResultContract<T> contract, T value, List<FieldTree>? fields)
    {
        ToolResult result = contract.ToResult(value);
        int dropped = 0;
        if (fields is not null)
        {
            if (ResultProjection.Apply(result, fields, out dropped) is not { } projected)
            {
                return new(value, Reasons.ResultNoFields);
            }

            result = projected;
            value = contract.FromResult(projected)!;
        }

        return new(value, result.Utf8.Length > _maxResultBytes ? Reasons.ResultTooLarge : null, result, dropped);
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
    private async ValueTask<bool> RecordOutcomeAsync<T>(ToolCall call, OutcomeStatus status, string? error, VerdictReason? withheld, ResultContract<T>? contract, T? value, ToolResult read = default, int dropped = 0)
    {
        bool kept = await Trail.OutcomeAsync(call, status, error, withheld, contract, value, read, dropped);
        if (!kept)
        {
            Log.OutcomeLost(_logger, call.CallId, call.Tool.Id);
        }

        return kept;
    }
}
