namespace ToolGuardrails;

/// <summary>What came of asking for an elevation.</summary>
public sealed class ElevationOutcome
{
    internal ElevationOutcome(IssuedGrant? grant, ApprovalRequest? pending, VerdictReason reason)
    {
        Grant = grant;
        PendingApproval = pending;
        Reason = reason;
    }

    /// <summary>The elevation; null where it isn't given, or not yet.</summary>
    public IssuedGrant? Grant { get; }

    /// <summary>Whether it is in force.</summary>
    public bool IsGranted => Grant is not null;

    /// <summary>The request that waits for people; null where nothing waits. Once it is approved, the elevation is in force, without anything to resume.</summary>
    public ApprovalRequest? PendingApproval { get; }

    /// <summary>Why: <see cref="DecisionCodes.Allowed"/> where it is given.</summary>
    public VerdictReason Reason { get; }
}
