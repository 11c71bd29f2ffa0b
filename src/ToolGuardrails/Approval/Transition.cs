namespace ToolGuardrails.Approval;

/// <summary>What a step does to a case.</summary>
/// <param name="Next">The case after it; null where nothing changes.</param>
/// <param name="Refusal">Why the step itself doesn't count; null where it does.</param>
internal readonly record struct Transition(ApprovalCase? Next, VerdictReason? Refusal)
{
    public Transition(ApprovalCase next)
        : this(next, Refusal: null)
    {
    }

    public Transition(VerdictReason refusal)
        : this(Next: null, refusal)
    {
    }
}
