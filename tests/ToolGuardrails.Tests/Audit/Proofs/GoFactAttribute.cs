namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>A test that asks Go's transparency log packages; skipped, with the reason, where they aren't here.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoFactAttribute : FactAttribute
{
    public GoFactAttribute() => Skip = GoVerifier.Missing;
}
