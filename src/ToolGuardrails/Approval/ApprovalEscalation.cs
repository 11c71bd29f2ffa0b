namespace ToolGuardrails;

/// <summary>Whom else to ask when nobody has answered for a while.</summary>
/// <param name="After">How long after the request.</param>
/// <param name="To">Who may approve from then on, beside the others: <c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>, and for a review <c>subject</c>.</param>
public sealed record ApprovalEscalation(TimeSpan After, IReadOnlyList<string> To);
