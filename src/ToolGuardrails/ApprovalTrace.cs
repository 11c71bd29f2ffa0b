namespace ToolGuardrails;

/// <summary>What happened to one call's approval so far. Made only for calls that need one.</summary>
internal sealed class ApprovalTrace(ApprovalCase approval)
{
    /// <summary>The request and where it stands, as this call saw it last.</summary>
    public ApprovalCase Case { get; set; } = approval;

    public ApprovalRequest Request => Case.Request;

    /// <summary>Whether the request was made for this call and nobody has been told of it yet.</summary>
    public bool IsNew { get; set; }

    /// <summary>Whether the call was made because of a request, and not by a model: then that request alone can meet its need.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Whether people have approved it.</summary>
    public bool IsGranted { get; set; }

    /// <summary>Whether this call has used the approval up.</summary>
    public bool IsUsed { get; set; }
}
