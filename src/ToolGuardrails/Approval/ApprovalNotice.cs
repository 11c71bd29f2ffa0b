namespace ToolGuardrails;

/// <summary>What people are told of a request.</summary>
/// <param name="Request">The request.</param>
/// <param name="Approvers">Who may approve now: <c>subject</c>, <c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>.</param>
/// <param name="IsEscalated">Whether nobody has answered for a while, so that others may now, too.</param>
public sealed record ApprovalNotice(ApprovalRequest Request, IReadOnlyList<string> Approvers, bool IsEscalated);
