namespace ToolGuardrails;

/// <summary>What an answer did.</summary>
/// <param name="Case">The case after it.</param>
/// <param name="Refusal">Why the answer doesn't count; null where it does.</param>
public sealed record ApprovalResult(ApprovalCase Case, VerdictReason? Refusal)
{
    /// <summary>Whether the answer counts. It may take further answers before the call can run.</summary>
    public bool IsAccepted => Refusal is null;
}
