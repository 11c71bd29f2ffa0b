namespace ToolGuardrails;

/// <summary>The names under which the library measures, for a host that listens (System.Diagnostics.Metrics, OpenTelemetry).</summary>
public static class GuardrailTelemetry
{
    /// <summary>The meter.</summary>
    public const string MeterName = "ToolGuardrails";

    /// <summary>A counter of answers, by <c>tool</c>, <c>approver</c> and <c>answer</c> (<c>approve</c>, <c>reject</c>, <c>edit</c>).</summary>
    public const string ApprovalDecisions = "toolguardrails.approval.decisions";

    /// <summary>A histogram of the seconds from a request to an answer, by <c>tool</c> and <c>approver</c>.</summary>
    public const string ApprovalTime = "toolguardrails.approval.time";

    /// <summary>A histogram of how many approvals in a row an approver has given for a tool, 0 where the answer wasn't one, by <c>tool</c> and <c>approver</c>.</summary>
    public const string ApprovalStreak = "toolguardrails.approval.streak";
}
