namespace ToolGuardrails;

/// <summary>A sink and what its failure means.</summary>
/// <param name="Sink">The sink.</param>
/// <param name="Requirement">What its failure means; <see cref="AuditRequirement.Required"/> by default.</param>
public sealed record AuditSinkRegistration(IAuditSink Sink, AuditRequirement Requirement = AuditRequirement.Required);
