namespace ToolGuardrails;

/// <summary>The decision about a call that runs elsewhere.</summary>
public sealed class ToolAuthorization
{
    private readonly string _tool;

    internal ToolAuthorization(string tool, Decision decision, string? token, ApprovalRequest? pending)
    {
        _tool = tool;
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

    /// <summary>What the model may read where the call isn't allowed: a short sentence that says what happened without telling the policy. Empty where it is allowed.</summary>
    public string ToModelText() => Decision.IsAllowed ? "" : ModelText.For(_tool, Decision, withheld: null, PendingApproval);
}

/// <summary>Whether the result of a call that ran elsewhere may be passed on. The default value says no.</summary>
public readonly record struct ToolCompletion
{
    internal ToolCompletion(bool mayPass, VerdictReason? withheld, ToolResult result, int dropped)
    {
        MayPass = mayPass;
        Withheld = withheld;
        Result = mayPass ? result : default;
        Dropped = dropped;
    }

    /// <summary>Whether <see cref="Result"/> may be shown.</summary>
    public bool MayPass { get; }

    /// <summary>What may be shown: the reported result, without the fields that the policy doesn't pass. Pass this on, not what was reported. Default where nothing may be shown.</summary>
    public ToolResult Result { get; }

    /// <summary>How many values of the reported result don't pass.</summary>
    public int Dropped { get; }

    /// <summary>Why it may not; null where it may, and where the tool failed, so that there is no result.</summary>
    public VerdictReason? Withheld { get; }
}
