namespace ToolGuardrails;

/// <summary>A policy was refused. Nothing of it is in force.</summary>
public sealed class GuardrailPolicyException : Exception
{
    internal GuardrailPolicyException(IReadOnlyList<PolicyError> errors, string? file = null)
        : base(Describe(errors, file)) => Errors = errors;

    /// <summary>Everything that is wrong, in the order of the document.</summary>
    public IReadOnlyList<PolicyError> Errors { get; }

    private static string Describe(IReadOnlyList<PolicyError> errors, string? file) =>
        $"The policy{(file is null ? "" : $" '{file}'")} was refused for {errors.Count} reason{(errors.Count == 1 ? "" : "s")}: "
        + string.Join(" | ", errors.Select(static e => e.ToString()));
}
