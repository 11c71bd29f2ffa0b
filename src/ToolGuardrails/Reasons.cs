namespace ToolGuardrails;

/// <summary>The library's own reasons, made once.</summary>
internal static class Reasons
{
    public static readonly VerdictReason Allowed = Of(DecisionCodes.Allowed, "The call is within scope.");
    public static readonly VerdictReason CallCancelled = Of(DecisionCodes.CallCancelled, "The caller cancelled before a decision was reached.");
    public static readonly VerdictReason SessionEnded = Of(DecisionCodes.SessionEnded, "The session has ended.");
    public static readonly VerdictReason SessionTooDeep = Of(DecisionCodes.SessionTooDeep, "The session is deeper than the 8 levels that can call tools.");
    public static readonly VerdictReason ArgumentsMalformed = Of(DecisionCodes.ArgumentsMalformed, "The arguments are not JSON.");
    public static readonly VerdictReason ArgumentsNotObject = Of(DecisionCodes.ArgumentsNotObject, "The arguments are not a JSON object.");
    public static readonly VerdictReason ArgumentsDuplicateName = Of(DecisionCodes.ArgumentsDuplicateName, "An object in the arguments has two names that are equal once escapes and letter case are set aside.");
    public static readonly VerdictReason ArgumentsInvalidText = Of(DecisionCodes.ArgumentsInvalidText, "The arguments hold invalid UTF-8 or a lone surrogate.");
    public static readonly VerdictReason ArgumentsTooLarge = Of(DecisionCodes.ArgumentsTooLarge, "The arguments have more bytes than the limit allows.");
    public static readonly VerdictReason ArgumentsTooDeep = Of(DecisionCodes.ArgumentsTooDeep, "The arguments are nested deeper than the limit allows.");
    public static readonly VerdictReason ArgumentsTooMany = Of(DecisionCodes.ArgumentsTooMany, "The arguments hold more values than the limit allows.");
    public static readonly VerdictReason ArgumentsUnsupported = Of(DecisionCodes.ArgumentsUnsupported, "An argument has no exact JSON form.");
    public static readonly VerdictReason ArgumentsReused = Of(DecisionCodes.ArgumentsReused, "Pooled arguments are good for one call, and this one came second.");
    public static readonly VerdictReason ArgumentsUndeclared = Of(DecisionCodes.ArgumentsUndeclared, "The call has an argument that the policy doesn't declare for the tool.");
    public static readonly VerdictReason ArgumentsKind = Of(DecisionCodes.ArgumentsKind, "An argument is of another kind than the policy declares.");
    public static readonly VerdictReason ArgumentsMissing = Of(DecisionCodes.ArgumentsMissing, "A required argument is absent or null.");
    public static readonly VerdictReason PolicyMissing = Of(DecisionCodes.PolicyMissing, "No policy is loaded, so nothing is granted.");
    public static readonly VerdictReason PolicyChanged = Of(DecisionCodes.PolicyChanged, "The policy or the tool's definition changed while the call was being decided.");
    public static readonly VerdictReason PromptMissing = Of(DecisionCodes.PromptMissing, "The agent needs a recorded prompt before its first call, and the session has none.");
    public static readonly VerdictReason BudgetExhausted = Of(DecisionCodes.BudgetExhausted, "The budget of the agent, of one above it or of the tool is used up.");
    public static readonly VerdictReason BudgetRefused = Of(DecisionCodes.BudgetRefused, "So many calls were refused or left waiting that nobody is asked about another one for now.");
    public static readonly VerdictReason StoreUnavailable = Of(DecisionCodes.StoreUnavailable, "A store of suspensions or budgets failed or took too long.");
    public static readonly VerdictReason ScopeUnknownAgent = Of(DecisionCodes.ScopeUnknownAgent, "The policy doesn't know the agent.");
    public static readonly VerdictReason ScopeUnknownTool = Of(DecisionCodes.ScopeUnknownTool, "The policy doesn't know the tool.");
    public static readonly VerdictReason ScopeNoGrant = Of(DecisionCodes.ScopeNoGrant, "No grant covers the call.");
    public static readonly VerdictReason TierUnclassified = Of(DecisionCodes.TierUnclassified, "The call's tier is unclassified.");
    public static readonly VerdictReason TierAboveAgent = Of(DecisionCodes.TierAboveAgent, "The call's tier is above the agent's ceiling.");
    public static readonly VerdictReason ToolDefinitionChanged = Of(DecisionCodes.ToolDefinitionChanged, "The tool's definition has changed, so the tool is quarantined until the new one is pinned.");
    public static readonly VerdictReason ToolDefinitionUnknown = Of(DecisionCodes.ToolDefinitionUnknown, "The policy pins the tool's definition, and the host hasn't shown it.");
    public static readonly VerdictReason GuardThrew = Of(DecisionCodes.GuardThrew, "A guard threw.");
    public static readonly VerdictReason GuardTimeout = Of(DecisionCodes.GuardTimeout, "A guard took too long.");
    public static readonly VerdictReason GuardSilent = Of(DecisionCodes.GuardSilent, "A guard gave no verdict.");
    public static readonly VerdictReason ApprovalRequired = Of(DecisionCodes.ApprovalRequired, "The tier's gate asks for a human's approval.");
    public static readonly VerdictReason ApprovalRejected = Of(DecisionCodes.ApprovalRejected, "The approver rejected the call.");
    public static readonly VerdictReason ApprovalExpired = Of(DecisionCodes.ApprovalExpired, "The approval did not come in time.");
    public static readonly VerdictReason ApprovalStale = Of(DecisionCodes.ApprovalStale, "What the approval was bound to has changed.");
    public static readonly VerdictReason ApprovalUsed = Of(DecisionCodes.ApprovalUsed, "The approval has been used.");
    public static readonly VerdictReason ApprovalNotAllowed = Of(DecisionCodes.ApprovalNotAllowed, "The one who answered may not approve this call.");
    public static readonly VerdictReason ApprovalNotConfirmed = Of(DecisionCodes.ApprovalNotConfirmed, "The request's short digest wasn't confirmed.");
    public static readonly VerdictReason ApprovalNobody = Of(DecisionCodes.ApprovalNobody, "The policy names nobody who could approve this call.");
    public static readonly VerdictReason ApprovalThrew = Of(DecisionCodes.ApprovalThrew, "The approver's channel failed.");
    public static readonly VerdictReason ApprovalNoComment = Of(DecisionCodes.ApprovalNoComment, "The policy asks for a comment, and the approval has none.");
    public static readonly VerdictReason ApprovalTooQuick = Of(DecisionCodes.ApprovalTooQuick, "The approval came sooner than anybody could have read the request.");
    public static readonly VerdictReason ApprovalRepeated = Of(DecisionCodes.ApprovalRepeated, "This person has approved the request already.");
    public static readonly VerdictReason ApprovalNotStanding = Of(DecisionCodes.ApprovalNotStanding, "A standing approval comes out of a review only, from a proven person.");
    public static readonly VerdictReason ApprovalClosed = Of(DecisionCodes.ApprovalClosed, "The request has been decided, used or closed already.");
    public static readonly VerdictReason ApprovalEdited = Of(DecisionCodes.ApprovalEdited, "A person has changed the arguments, so the call isn't made as it was proposed.");
    public static readonly VerdictReason ApprovalOutcomeUnknown = Of(DecisionCodes.ApprovalOutcomeUnknown, "The approval has been used, and what came of it isn't recorded.");
    public static readonly VerdictReason ApprovalAltered = Of(DecisionCodes.ApprovalAltered, "The request in the store isn't the one that was kept there.");
    public static readonly VerdictReason ApprovalPolicyChanged = Of(DecisionCodes.ApprovalPolicyChanged, "The policy members that apply have changed since the call was asked for.");
    public static readonly VerdictReason ApprovalDefinitionChanged = Of(DecisionCodes.ApprovalDefinitionChanged, "The tool's definition has changed since the call was asked for.");
    public static readonly VerdictReason ApprovalServerChanged = Of(DecisionCodes.ApprovalServerChanged, "The tool's server has changed since the call was asked for.");
    public static readonly VerdictReason ApprovalTierChanged = Of(DecisionCodes.ApprovalTierChanged, "The call's tier or gate has changed since it was asked for.");
    public static readonly VerdictReason AuditUnavailable = Of(DecisionCodes.AuditUnavailable, "The decision couldn't be recorded.");
    public static readonly VerdictReason AuditOutcomeLost = Of(DecisionCodes.AuditOutcomeLost, "The tool ran and its outcome couldn't be recorded.");
    public static readonly VerdictReason ResultNoContract = Of(DecisionCodes.ResultNoContract, "The tool's result type has no JSON contract, so neither result guards nor the policy's fields could be applied to it.");
    public static readonly VerdictReason ResultWithheld = Of(DecisionCodes.ResultWithheld, "A result guard gave no verdict, or nobody waited for one.");
    public static readonly VerdictReason ResultUnreadable = Of(DecisionCodes.ResultUnreadable, "The result couldn't be read, or none was reported.");
    public static readonly VerdictReason ResultArgumentsMissing = Of(DecisionCodes.ResultArgumentsMissing, "The result was reported without the arguments that result guards or the policy's fields need.");
    public static readonly VerdictReason ResultNoFields = Of(DecisionCodes.ResultNoFields, "The policy passes only some fields of the result, and the result has none.");
    public static readonly VerdictReason ResultTooLarge = Of(DecisionCodes.ResultTooLarge, "The result has more bytes than the limit.");

    private static VerdictReason Of(string code, string text) => new(code, text, ruleId: null);
}
