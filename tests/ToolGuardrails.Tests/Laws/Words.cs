namespace ToolGuardrails.Tests.Laws;

/// <summary>People, answers, arguments and reasons that the laws' tests use over and over.</summary>
internal static class Words
{
    /// <summary>The clerk's policy where the tools that say nothing are known to be outside production: without that fact the risk can't be ruled out, and every write is High.</summary>
    public static readonly string Clerk = Policies.Clerk.Replace("\"name\": \"clerk\",", "\"name\": \"clerk\", \"facts\": { \"environment\": \"test\" },", StringComparison.Ordinal);

    public static readonly Principal LeadPrincipal = new("https://id.example", "lead");

    public static readonly ApproverIdentity Lead = new(LeadPrincipal);

    public static readonly VerdictReason No = new("host.no", "The host says no.");

    public static readonly VerdictReason Ask = new("host.ask", "The host wants a person to look.");

    public static readonly ToolArguments Note = ToolArguments.FromJson("""{"id":"n1"}""");

    public static readonly ToolArguments NewNote = ToolArguments.FromJson("""{"id":"n1","text":"hello"}""");

    public static readonly ToolArguments Rows = ToolArguments.FromJson("""{"rows":3}""");

    /// <summary>The answer that counts for this request: the subject's where it is reviewed, the lead's with the typed digest where every call is approved.</summary>
    public static ApprovalResponse Yes(ApprovalRequest request) => request.Gate == ApprovalGate.PerCall
        ? ApprovalResponse.Approve(Lead, request.ShortDigest)
        : ApprovalResponse.ApproveUnproven();

    /// <summary>An approver who says yes, after whatever the test does meanwhile.</summary>
    public static CallbackApprover Approves(Action<ApprovalRequest>? meanwhile = null) => new((request, _) =>
    {
        meanwhile?.Invoke(request);
        return new(Yes(request));
    });

    /// <summary>A tool that says that it ran.</summary>
    public static ValueTask<string> Done(ToolArguments arguments, CancellationToken cancellationToken) => new("done");

    /// <summary>Arguments that a tool of this name accepts.</summary>
    public static ToolArguments For(string tool) => tool switch
    {
        "notes.write" => NewNote,
        "prod.write" => Rows,
        "notes.any" or "other.read" => ToolArguments.Empty,
        _ => Note,
    };

    /// <summary>The clerk's policy with a part of its text changed, which has to be there.</summary>
    public static string ClerkWith(string old, string replacement)
    {
        Assert.Contains(old, Clerk, StringComparison.Ordinal);
        return Clerk.Replace(old, replacement, StringComparison.Ordinal);
    }
}
