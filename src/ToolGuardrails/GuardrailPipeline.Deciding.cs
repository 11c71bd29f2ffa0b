using ToolGuardrails.Audit;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// Decisions without a run: on trial, and for tools that run elsewhere.
public sealed partial class GuardrailPipeline
{
    internal ValueTask<Decision> EvaluateAsync(ToolBinding binding, ToolArguments proposed, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Decision>(cancellationToken);
        }

        ToolCall call = Take(binding, proposed, toolUseId: null);
        if (!TryJudgeSafely(binding, call, readable: true, cancellationToken, out Verdict verdict, out RiskTier tier, out Task<ToolCall>? judging))
        {
            return EvaluateAsync(call, judging!, cancellationToken);
        }

        GiveBack(call, atOnce: true);
        return new(DecisionOn(call, verdict, tier));
    }

    private async ValueTask<Decision> EvaluateAsync(ToolCall call, Task<ToolCall> judging, CancellationToken cancellationToken)
    {
        bool atOnce = judging.IsCompleted;
        ToolCall judged = await judging;
        Verdict verdict = judged.SoFar.And(await _deadline.AskAsync(_approval, judged, cancellationToken));
        judged = Observation.Observe(await CheckBudgetsAsync(judged.With(verdict, judged.Tier), cancellationToken));
        GiveBack(call, atOnce);
        return DecisionOn(judged);
    }

    internal async ValueTask<ToolAuthorization> AuthorizeAsync(ToolBinding binding, ToolArguments proposed, string? toolUseId, CancellationToken cancellationToken)
    {
        ToolCall call = Take(binding, proposed, toolUseId);
        Task<Judgement> deciding = DecideTracedAsync(binding, call, readable: true, because: null, cancellationToken);
        bool atOnce = deciding.IsCompleted;
        Judgement judged = await deciding;
        string? token = null;
        if (judged.Decision.IsAllowed)
        {
            await StopIfCancelledAsync(judged.Call, cancellationToken);
            judged = StillInForce(binding, judged);
        }

        if (judged.Decision.IsAllowed)
        {
            Trail.ReleaseOutcome(judged.Call);
            token = CompletionToken.Write(judged.Call, Trail.Commitment);
        }

        GiveBack(call, atOnce);
        return new ToolAuthorization(binding.Tool, judged.Decision, token, judged.Pending);
    }
}
