namespace ToolGuardrails;

/// <summary>What came of checking a receipt or a proof.</summary>
public sealed class AuditProofResult
{
    private AuditProofResult(string? problem) => Problem = problem;

    /// <summary>Whether everything holds.</summary>
    public bool IsValid => Problem is null;

    /// <summary>What doesn't hold, in whole sentences; null where everything does.</summary>
    public string? Problem { get; }

    /// <summary>The problem, or that there is none.</summary>
    public override string ToString() => Problem ?? "Valid.";

    internal static AuditProofResult Of(string? problem) => new(problem);
}
