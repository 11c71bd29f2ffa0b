using System.Diagnostics.Metrics;

namespace ToolGuardrails;

/// <summary>The names under which the library traces and measures, for a host that listens (System.Diagnostics, OpenTelemetry). While nobody listens, nothing is made for it.</summary>
/// <remarks>No tag holds arguments, results, prompts, reasons or subjects, nor a name that the policy doesn't know: a model could invent names without end.</remarks>
public static class GuardrailTelemetry
{
    /// <summary>The source of spans.</summary>
    public const string ActivitySourceName = "ToolGuardrails";

    /// <summary>The meter.</summary>
    public const string MeterName = "ToolGuardrails";

    /// <summary>The span of a decision, from the stages that judge to the record, with the wait for people where there is one. It is over before the tool runs. Its tags are the five below; a current span whose name begins with <c>execute_tool</c> gets them too, while somebody listens to this source or the meter.</summary>
    public const string DecideActivity = "toolguardrails.decide";

    /// <summary>A tag of spans: the session's agent, or <c>unknown</c>.</summary>
    public const string AgentTag = "toolguardrails.agent";

    /// <summary>A tag of spans: the tool's id, or <c>unknown</c>.</summary>
    public const string ToolTag = "toolguardrails.tool";

    /// <summary>A tag of spans: the call's tier, as in records.</summary>
    public const string TierTag = "toolguardrails.tier";

    /// <summary>A tag of spans: the decision's code.</summary>
    public const string CodeTag = "toolguardrails.code";

    /// <summary>A tag of spans: the call's id, which finds its records.</summary>
    public const string CallTag = "toolguardrails.call";

    /// <summary>A counter of decisions, by <c>agent</c>, <c>tool</c>, <c>tier</c> and <c>code</c>; <c>allowed</c> is the code of those that were allowed.</summary>
    public const string Decisions = "toolguardrails.decisions";

    /// <summary>A histogram of the seconds that a required sink takes for a batch of records, by <c>sink</c> (its type's name).</summary>
    public const string AuditTime = "toolguardrails.audit.time";

    internal static readonly Meter Meter = new(MeterName);

    /// <summary>A counter of answers, by <c>tool</c>, <c>approver</c> and <c>answer</c> (<c>approve</c>, <c>reject</c>, <c>edit</c>).</summary>
    public const string ApprovalDecisions = "toolguardrails.approval.decisions";

    /// <summary>A histogram of the seconds from a request to an answer, by <c>tool</c> and <c>approver</c>.</summary>
    public const string ApprovalTime = "toolguardrails.approval.time";

    /// <summary>A histogram of how many approvals in a row an approver has given for a tool, 0 where the answer wasn't one, by <c>tool</c> and <c>approver</c>.</summary>
    public const string ApprovalStreak = "toolguardrails.approval.streak";
}
