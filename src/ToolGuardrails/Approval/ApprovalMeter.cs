using System.Diagnostics.Metrics;

namespace ToolGuardrails.Approval;

/// <summary>How people decide, as metrics (docs/approvals.md, Rubber stamps). Costs next to nothing while nobody listens.</summary>
internal static class ApprovalMeter
{
    private static readonly Counter<long> Decisions = GuardrailTelemetry.Meter.CreateCounter<long>(GuardrailTelemetry.ApprovalDecisions, "{decision}", "Answers to approval requests.");
    private static readonly Histogram<double> Took = GuardrailTelemetry.Meter.CreateHistogram<double>(GuardrailTelemetry.ApprovalTime, "s", "From a request to an answer.");
    private static readonly Histogram<long> Streak = GuardrailTelemetry.Meter.CreateHistogram<long>(GuardrailTelemetry.ApprovalStreak, "{approval}", "Approvals in a row by one approver for one tool.");

    public static void Measure(ApprovalRequest request, ApprovalDecision decision, ApproverPace pace)
    {
        var tool = new KeyValuePair<string, object?>("tool", request.Tool.Id);
        var approver = new KeyValuePair<string, object?>("approver", decision.By?.ToString() ?? "unproven");
        string answer = decision.Answer switch { ApprovalAnswer.Approve => "approve", ApprovalAnswer.Edit => "edit", _ => "reject" };
        try
        {
            Decisions.Add(1, tool, approver, new("answer", answer));
            Took.Record(pace.Took.TotalSeconds, tool, approver);
            Streak.Record(pace.Streak, tool, approver);
        }
        catch (Exception)
        {
            // A listener's: the answer counts all the same.
        }
    }
}
