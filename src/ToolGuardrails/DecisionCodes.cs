namespace ToolGuardrails;

/// <summary>The stable codes of decisions and outcomes. A code is never reused for another meaning; docs/semantics.md explains each.</summary>
public static class DecisionCodes
{
    /// <summary>The call may run.</summary>
    public const string Allowed = "allowed";

    /// <summary>The caller cancelled before a decision was reached.</summary>
    public const string CallCancelled = "call.cancelled";

    /// <summary>The session, or one that started it, has ended while the call was being decided.</summary>
    public const string SessionEnded = "session.ended";

    /// <summary>The session is deeper than the 8 levels that can call tools.</summary>
    public const string SessionTooDeep = "session.too-deep";

    /// <summary>The arguments are not JSON, or no arguments were given.</summary>
    public const string ArgumentsMalformed = "arguments.malformed";

    /// <summary>The arguments are not a JSON object.</summary>
    public const string ArgumentsNotObject = "arguments.not-object";

    /// <summary>Two names in one object are equal, also when unescaped or when letter case is ignored.</summary>
    public const string ArgumentsDuplicateName = "arguments.duplicate-name";

    /// <summary>The text is not valid UTF-8, or holds a lone surrogate.</summary>
    public const string ArgumentsInvalidText = "arguments.invalid-text";

    /// <summary>More bytes than configured.</summary>
    public const string ArgumentsTooLarge = "arguments.too-large";

    /// <summary>Nested deeper than configured.</summary>
    public const string ArgumentsTooDeep = "arguments.too-deep";

    /// <summary>More values than configured.</summary>
    public const string ArgumentsTooMany = "arguments.too-many";

    /// <summary>A dictionary holds a value that has no exact JSON form, such as NaN or an object of an unknown type.</summary>
    public const string ArgumentsUnsupported = "arguments.unsupported";

    /// <summary>Pooled arguments were handed to a second call.</summary>
    public const string ArgumentsReused = "arguments.reused";

    /// <summary>An argument that the policy doesn't declare for this tool.</summary>
    public const string ArgumentsUndeclared = "arguments.undeclared";

    /// <summary>An argument of another kind than declared.</summary>
    public const string ArgumentsKind = "arguments.kind";

    /// <summary>A required argument is absent or null.</summary>
    public const string ArgumentsMissing = "arguments.missing";

    /// <summary>No policy is loaded, so nothing is granted.</summary>
    public const string PolicyMissing = "policy.missing";

    /// <summary>The policy, or the tool's definition, changed while the call was being decided.</summary>
    public const string PolicyChanged = "policy.changed";

    /// <summary>The agent needs a recorded prompt before its first call, and the session has none.</summary>
    public const string PromptMissing = "prompt.missing";

    /// <summary>A path leads out of the folders of a <see cref="PathGuard"/>, or where it leads can't be told.</summary>
    public const string PathOutside = "path.outside";

    /// <summary>The call has none of the arguments in which a <see cref="PathGuard"/> looks for paths.</summary>
    public const string PathMissing = "path.missing";

    /// <summary>Every call is suspended.</summary>
    public const string SuspensionAll = "suspension.all";

    /// <summary>The agent, or one above it, is suspended.</summary>
    public const string SuspensionAgent = "suspension.agent";

    /// <summary>The tool is suspended.</summary>
    public const string SuspensionTool = "suspension.tool";

    /// <summary>The tool's server is suspended.</summary>
    public const string SuspensionServer = "suspension.server";

    /// <summary>The tenant is suspended.</summary>
    public const string SuspensionTenant = "suspension.tenant";

    /// <summary>The budget of the agent, of one above it or of the tool is used up.</summary>
    public const string BudgetExhausted = "budget.exhausted";

    /// <summary>So many calls were refused or left waiting that nobody is asked about another one for now.</summary>
    public const string BudgetRefused = "budget.refused";

    /// <summary>A store of suspensions, budgets, approvals or grants failed or took too long.</summary>
    public const string StoreUnavailable = "store.unavailable";

    /// <summary>The policy doesn't know the agent, or an agent above it.</summary>
    public const string ScopeUnknownAgent = "scope.unknown-agent";

    /// <summary>The policy doesn't know the tool.</summary>
    public const string ScopeUnknownTool = "scope.unknown-tool";

    /// <summary>No grant of the agent's covers this call.</summary>
    public const string ScopeNoGrant = "scope.no-grant";

    /// <summary>A deny rule matches, or can't be ruled out.</summary>
    public const string ScopeDenied = "scope.denied";

    /// <summary>The call's tier is unclassified.</summary>
    public const string TierUnclassified = "tier.unclassified";

    /// <summary>The call's tier is higher than the agent's ceiling.</summary>
    public const string TierAboveAgent = "tier.above-agent";

    /// <summary>The tool's definition is another one than the policy pins, or than the one first seen.</summary>
    public const string ToolDefinitionChanged = "tool.definition-changed";

    /// <summary>The policy pins the tool's definition, and the host hasn't shown it yet.</summary>
    public const string ToolDefinitionUnknown = "tool.definition-unknown";

    /// <summary>A guard threw.</summary>
    public const string GuardThrew = "guard.threw";

    /// <summary>A guard took too long.</summary>
    public const string GuardTimeout = "guard.timeout";

    /// <summary>A guard returned a default verdict, or no guard answered.</summary>
    public const string GuardSilent = "guard.silent";

    /// <summary>The tier's gate asks for a human's approval.</summary>
    public const string ApprovalRequired = "approval.required";

    /// <summary>The approver said no.</summary>
    public const string ApprovalRejected = "approval.rejected";

    /// <summary>Nobody decided in time, or the approval was too old when the call was to run.</summary>
    public const string ApprovalExpired = "approval.expired";

    /// <summary>A guard now asks for another reason than the one that people read.</summary>
    public const string ApprovalStale = "approval.stale";

    /// <summary>The approval was used before.</summary>
    public const string ApprovalUsed = "approval.used";

    /// <summary>The one who answered may not approve this call.</summary>
    public const string ApprovalNotAllowed = "approval.not-allowed";

    /// <summary>The short digest of the request wasn't typed, or not correctly.</summary>
    public const string ApprovalNotConfirmed = "approval.not-confirmed";

    /// <summary>The policy names nobody who could approve this call.</summary>
    public const string ApprovalNobody = "approval.nobody";

    /// <summary>The approver's channel failed.</summary>
    public const string ApprovalThrew = "approval.threw";

    /// <summary>The approval lacks the comment that the policy asks for.</summary>
    public const string ApprovalNoComment = "approval.no-comment";

    /// <summary>The approval came sooner than anybody could have read the request.</summary>
    public const string ApprovalTooQuick = "approval.too-quick";

    /// <summary>This person has approved the request already.</summary>
    public const string ApprovalRepeated = "approval.repeated";

    /// <summary>A standing approval was given where there can be none, or over a channel that proves nobody.</summary>
    public const string ApprovalNotStanding = "approval.not-standing";

    /// <summary>The request has been decided or used, or it has lapsed, so no answer counts any more.</summary>
    public const string ApprovalClosed = "approval.closed";

    /// <summary>A person has changed the arguments, so the call isn't made as it was proposed.</summary>
    public const string ApprovalEdited = "approval.edited";

    /// <summary>The approval has been used, and what came of it isn't recorded.</summary>
    public const string ApprovalOutcomeUnknown = "approval.outcome-unknown";

    /// <summary>The request in the store isn't the one that was kept there.</summary>
    public const string ApprovalAltered = "approval.altered";

    /// <summary>The policy members that apply to the call are others than those that it was approved under.</summary>
    public const string ApprovalPolicyChanged = "approval.policy-changed";

    /// <summary>The tool's definition is another one than when the call was approved.</summary>
    public const string ApprovalDefinitionChanged = "approval.definition-changed";

    /// <summary>The tool's server is another one than when the call was approved.</summary>
    public const string ApprovalServerChanged = "approval.server-changed";

    /// <summary>The call's tier, or what it asks of a human, is another one than when it was approved.</summary>
    public const string ApprovalTierChanged = "approval.tier-changed";

    /// <summary>An elevation or standing approval that the call relied on was taken back, or its time is over.</summary>
    public const string GrantEnded = "grant.ended";

    /// <summary>An elevation that the call relied on has no use left.</summary>
    public const string GrantUsedUp = "grant.used-up";

    /// <summary>The policy has no eligible entry of this id for the agent.</summary>
    public const string ElevationNotEligible = "elevation.not-eligible";

    /// <summary>The glass of this agent was broken before, and nobody has reviewed that.</summary>
    public const string ElevationReviewDue = "elevation.review-due";

    /// <summary>The credential that the call's grant names couldn't be had.</summary>
    public const string CredentialUnavailable = "credential.unavailable";

    /// <summary>The decision couldn't be recorded as the tier demands.</summary>
    public const string AuditUnavailable = "audit.unavailable";

    /// <summary>The tool ran, and its outcome couldn't be recorded; at tier High its result is withheld.</summary>
    public const string AuditOutcomeLost = "audit.outcome-lost";

    /// <summary>A result guard is registered, or the policy passes only some fields of the result, and the result type has no JSON contract, so it couldn't be read.</summary>
    public const string ResultNoContract = "result.no-contract";

    /// <summary>The tool ran, and a result guard gave no verdict on its result, or the caller no longer waited for one.</summary>
    public const string ResultWithheld = "result.withheld";

    /// <summary>The tool ran, and its result couldn't be read as its contract says, or none was reported.</summary>
    public const string ResultUnreadable = "result.unreadable";

    /// <summary>The tool ran elsewhere, and its result was reported without the arguments that result guards or the policy's fields need.</summary>
    public const string ResultArgumentsMissing = "result.arguments-missing";

    /// <summary>The tool ran; the policy passes only some fields of its result, and the result has none.</summary>
    public const string ResultNoFields = "result.no-fields";

    /// <summary>The tool ran, and its result has more bytes than the limit.</summary>
    public const string ResultTooLarge = "result.too-large";
}
