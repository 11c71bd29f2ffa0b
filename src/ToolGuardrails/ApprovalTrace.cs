namespace ToolGuardrails;

/// <summary>What happened to one call's approval so far. Made only for calls that need one.</summary>
internal sealed class ApprovalTrace(ApprovalRequest request)
{
    public ApprovalRequest Request { get; } = request;

    /// <summary>The answer that counted; null while there is none.</summary>
    public ApprovalResponse? Granted { get; set; }
}
