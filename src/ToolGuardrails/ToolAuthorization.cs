namespace ToolGuardrails;

/// <summary>The decision about a call that runs elsewhere.</summary>
public sealed class ToolAuthorization
{
    internal ToolAuthorization(Decision decision, string? token, ApprovalRequest? pending)
    {
        Decision = decision;
        Token = token;
        PendingApproval = pending;
    }

    /// <summary>The decision, which has been recorded.</summary>
    public Decision Decision { get; }

    /// <summary>Joins the outcome to the decision, in this process or another one with the same commitment key; authenticated, so it can't be forged. Null unless the call is allowed. It is not a permission: whoever runs the tool has to look at the decision.</summary>
    public string? Token { get; }

    /// <summary>The request that waits for a human; null where nothing waits.</summary>
    public ApprovalRequest? PendingApproval { get; }
}

/// <summary>Whether the result of a call that ran elsewhere may be passed on. The default value says no.</summary>
public readonly record struct ToolCompletion
{
    internal ToolCompletion(bool mayPass, VerdictReason? withheld)
    {
        MayPass = mayPass;
        Withheld = withheld;
    }

    /// <summary>Whether the result may be shown.</summary>
    public bool MayPass { get; }

    /// <summary>Why it may not; null where it may, and where the tool failed, so that there is no result.</summary>
    public VerdictReason? Withheld { get; }
}
