using Microsoft.Extensions.Options;

namespace ToolGuardrails.DependencyInjection;

/// <summary>Runs the check that a pipeline built without a host runs too.</summary>
internal sealed class GuardrailOptionsValidator : IValidateOptions<GuardrailOptions>
{
    public ValidateOptionsResult Validate(string? name, GuardrailOptions options)
    {
        IReadOnlyList<string> failures = GuardrailOptionsCheck.Failures(options);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
