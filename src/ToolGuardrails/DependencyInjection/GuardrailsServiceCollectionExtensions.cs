using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ToolGuardrails.DependencyInjection;

namespace ToolGuardrails;

/// <summary>Registers guardrails with an application's services.</summary>
public static class GuardrailsServiceCollectionExtensions
{
    /// <summary>
    /// Registers a <see cref="GuardrailPipeline"/>. Bare, it is the minimum to start with: default-deny scopes (without a policy everything is denied),
    /// approval for what is irreversible or of tier High, and a tamper-evident audit log in <c>audit</c>. Calling it again adds to the same registration.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="policy">Says where the policy comes from; null for none.</param>
    /// <returns>A builder for guards, approvers and audit sinks.</returns>
    /// <remarks>What doesn't hold is reported in whole sentences when the host starts, or when the pipeline is first built without one, as an <see cref="OptionsValidationException"/>; a policy that can't be read as a <see cref="GuardrailPolicyException"/>.</remarks>
    public static GuardrailsBuilder AddGuardrails(this IServiceCollection services, Action<GuardrailPolicyBuilder>? policy = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (policy is not null)
        {
            services.AddSingleton(new PolicySource(policy));
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<GuardrailOptions>, GuardrailOptionsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GuardrailOptions>, GuardrailOptionsValidator>());
        services.AddOptions<GuardrailOptions>().ValidateOnStart();
        services.TryAddSingleton(static provider => GuardrailPipeline.Create(provider.GetRequiredService<IOptions<GuardrailOptions>>().Value));
        return new GuardrailsBuilder(services);
    }
}
