namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>Records of calls, as short as they may be.</summary>
internal static class ProofCalls
{
    public static long Decision(this ProofLog log, string call, string effect = "allow", string? request = null) =>
        log.Add("decision", $"\"session\":\"s-1\",\"call\":\"{call}\",\"tool\":\"db.write\",\"effect\":\"{effect}\",\"code\":\"x\"{Request(request)}");

    public static long Approval(this ProofLog log, string call, string request, string status) =>
        log.Add("approval", $"\"session\":\"s-1\",\"call\":\"{call}\",\"tool\":\"db.write\"{Request(request)},\"status\":\"{status}\"");

    public static long Outcome(this ProofLog log, string call) =>
        log.Add("outcome", $"\"session\":\"s-1\",\"call\":\"{call}\",\"tool\":\"db.write\",\"status\":\"succeeded\"");

    /// <summary>A call that a human approved, between others.</summary>
    public static long[] ApprovedCall(this ProofLog log, string call)
    {
        log.AddPrompts(3);
        long requested = log.Approval(call, "r-" + call, "requested");
        log.Decision("other-" + call, "deny");
        long approved = log.Approval(call, "r-" + call, "approved");
        long decision = log.Decision(call, "allow", "r-" + call);
        log.AddPrompts(2);
        long outcome = log.Outcome(call);
        log.AddPrompts(1);
        return [requested, approved, decision, outcome];
    }

    private static string Request(string? request) => request is null ? "" : $",\"request\":\"{request}\"";
}
