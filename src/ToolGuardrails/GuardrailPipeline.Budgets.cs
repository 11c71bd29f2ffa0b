using ToolGuardrails.Policy;

namespace ToolGuardrails;

// Budgets and observed agents: what changes a decision between the guards and the record.
public sealed partial class GuardrailPipeline
{
    private static bool IsObserved(in ToolCall call) => ((PolicySlot)call.Resolved).Terms.Observes;

    // Nobody is asked about a call whose budget is used up.
    private async ValueTask<ToolCall> CheckBudgetsAsync(ToolCall call, CancellationToken cancellationToken)
    {
        SlotTerms terms = ((PolicySlot)call.Resolved).Terms;
        if (!terms.HasBudgets || call.SoFar.Effect == Effect.Deny)
        {
            return call;
        }

        VerdictReason? refusal = await _budgets.CheckAsync(terms, asks: call.SoFar.Effect == Effect.RequireApproval && !terms.Observes, cancellationToken);
        return refusal is null ? call : call.With(Verdict.Deny(refusal), call.Tier, call.Approval);
    }

    // At dispatch, after every stage: parallel calls can't share the last place of a budget.
    private async ValueTask<ToolCall> ChargeAsync(ToolCall call)
    {
        SlotTerms terms = ((PolicySlot)call.Resolved).Terms;
        if (!terms.HasBudgets)
        {
            return call;
        }

        if (!call.MayRun)
        {
            await _budgets.ChargeRefusedAsync(terms);
            return call;
        }

        return await _budgets.ChargeAsync(terms) is not { } refusal ? call
            : call.IsLetThrough ? call // Its budget is used up already, and it is only observed.
            : Observation.Observe(call.With(Verdict.Deny(refusal), call.Tier, call.Approval));
    }
}
