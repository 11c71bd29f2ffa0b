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
            return new(value, ReadsResults(call) ? Reasons.ResultUnreadable : null);
        }
    }

    // Whether somebody has to be able to read the result of such a call.
    private bool ReadsResults(in ToolCall call) => _resultGuards.Length > 0 || ((PolicySlot)call.Resolved).HasFields;

    private SettledResult<T> Project<T>(ResultContract<T> contract, T value, List<FieldTree>? fields)
    {
        SettledResult<NoResult> passing = Project(contract.ToResult(value), fields);
        bool isNarrowed = fields is not null && passing.Withheld != Reasons.ResultNoFields;
        return new(isNarrowed ? contract.FromResult(passing.Read) : value, passing.Withheld, passing.Read, passing.Dropped);
    }

    // What passes of a result that has been read, here or elsewhere.
    private SettledResult<NoResult> Project(ToolResult result, List<FieldTree>? fields)
    {
        int dropped = 0;
        return (fields is null ? result : ResultProjection.Apply(result, fields, out dropped)) is { } passes
            ? new(default, passes.Utf8.Length > _maxResultBytes ? Reasons.ResultTooLarge : null, passes, dropped)
            : new(default, Reasons.ResultNoFields, result);
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
        await FinishApprovalAsync(call, status);
        if (!kept)
        {
            Log.OutcomeLost(_logger, call.CallId, call.Tool.Id);
        }

        return kept;
    }
}
