namespace ToolGuardrails;

/// <summary>The short sentences that a model may read. They name the code and never a rule, a limit or another agent.</summary>
internal static class ModelText
{
    public static string For(string? tool, Decision decision, VerdictReason? withheld, ApprovalRequest? pending)
    {
        string name = tool is null ? "The call" : $"The call to '{VisibleText.Escape(tool)}'";
        if (withheld is not null)
        {
            return $"{name} ran, but its result can't be shown ({withheld.Code}). Don't repeat it.";
        }

        if (pending is not null)
        {
            return $"{name} waits for a person's approval (request {pending.Id}). It has not run. Don't repeat it; go on with something else.";
        }

        return decision.Effect == Effect.RequireApproval
            ? $"{name} needs a person's approval and has not run ({decision.Code})."
            : decision.Code == DecisionCodes.ApprovalRejected && decision.Reason.Text.Length > Reasons.ApprovalRejected.Text.Length
                ? $"{name} was denied and has not run ({decision.Code}). {VisibleText.Escape(decision.Reason.Text)} {Advice(decision.Code)}"
                : $"{name} was denied and has not run ({decision.Code}). {Advice(decision.Code)}";
    }

    private static string Advice(string code) => code switch
    {
        _ when code.StartsWith("arguments.", StringComparison.Ordinal) => "Correct the arguments before you try again.",
        DecisionCodes.ScopeUnknownTool => "There is no such tool.",
        DecisionCodes.AuditUnavailable => "It can be tried again later.",
        DecisionCodes.CallCancelled => "It was cancelled.",
        DecisionCodes.ApprovalEdited => "A person has put other arguments in place of these.",
        DecisionCodes.ApprovalOutcomeUnknown => "It was approved and began before, and nobody knows what came of it. Don't repeat it; tell the person.",
        _ => "Don't try it again in another form; tell the person what you could not do.",
    };
}
