namespace ToolGuardrails.Policy;

/// <summary>Reads <c>escalate</c> of a tier: who may approve as well once nobody has answered for a while.</summary>
internal static class EscalationReader
{
    public static ApprovalEscalation? Read(PolicyObject tier, TierGate gate)
    {
        if (tier["escalate"] is not { } node || PolicyObject.Read(node, tier.Errors, PolicyMembers.Escalate) is not { } escalate)
        {
            return null;
        }

        TimeSpan? after = ReadAfter(escalate, gate.Expires);
        List<(string Text, PolicyNode Node)>? to = ApproverReader.Read(escalate, "to");
        if (escalate["to"] is null || to is { Count: 0 })
        {
            tier.Errors.Add(escalate["to"] ?? node, "An escalation has nobody in 'to'; list who is asked then.");
        }
        else if (to is not null && gate.Approval != ApprovalGate.None)
        {
            CheckTo(escalate, to, gate);
        }

        return after is { } span && to is not null ? new ApprovalEscalation(span, [.. to.Select(static a => a.Text)]) : null;
    }

    private static TimeSpan? ReadAfter(PolicyObject escalate, TimeSpan expires)
    {
        if (escalate["after"] is null)
        {
            escalate.Errors.Add(escalate.Node, "An escalation has no 'after'; say when it happens, as 'hh:mm:ss'.");
        }

        TimeSpan? after = PolicyWords.Duration(escalate, "after");
        if (after >= expires)
        {
            escalate.Errors.Add(escalate["after"]!.Value, $"An escalation that comes when the question has lapsed comes too late; make 'after' shorter than 'expires', which is '{PolicyDraft.Span(expires)}' here.");
        }

        return after;
    }

    private static void CheckTo(PolicyObject escalate, List<(string Text, PolicyNode Node)> to, TierGate gate)
    {
        if (gate.Approval == ApprovalGate.PerCall)
        {
            ApproverReader.RefuseSubject(to, escalate.Errors);
        }

        if (gate.Approvers.Count == 0)
        {
            escalate.Errors.Add(escalate.Node, "It never comes to this escalation, because the tier names no 'approvers', and then a call is denied at once; name who is asked first.");
        }
        else if (to.TrueForAll(t => gate.Approvers.Contains(t.Text, StringComparer.Ordinal)))
        {
            escalate.Errors.Add(escalate["to"]!.Value, "Everybody in 'to' is among the 'approvers' already, so that the escalation changes nothing; name somebody else, or remove it.");
        }
    }
}
