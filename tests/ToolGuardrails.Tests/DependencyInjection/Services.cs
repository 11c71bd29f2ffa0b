using Microsoft.Extensions.DependencyInjection;

namespace ToolGuardrails.Tests.DependencyInjection;

/// <summary>What an application does with its services, with everything that touches a disk in a folder of the test's own.</summary>
internal static class Services
{
    public const string Low = """
        {
          "version": 1, "name": "low",
          "tools": { "notes.read": { "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "low", "grants": [ { "id": "read", "tools": "notes.read" } ] } }
        }
        """;

    public static IServiceCollection In(TemporaryFolder folder, Action<GuardrailsBuilder>? add = null, string? policy = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        Add(services, folder, add, policy);
        return services;
    }

    public static void Add(IServiceCollection services, TemporaryFolder folder, Action<GuardrailsBuilder>? add = null, string? policy = null)
    {
        GuardrailsBuilder guardrails = services.AddGuardrails(policy is null ? null : p => p.LoadJson(policy));
        guardrails.Configure(o =>
        {
            o.ContentRoot = folder.Path;
            o.Audit.KeyDirectory = folder.Combine("keys");
        });
        add?.Invoke(guardrails);
    }

    public static ServiceProvider Build(this IServiceCollection services) =>
        services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

    public static ValueTask<ToolOutcome<int>> ReadNoteAsync(this IServiceProvider provider) =>
        provider.GetRequiredService<GuardrailPipeline>().StartSession("clerk", GovernedHost.Dana).InvokeSynchronousAsync("notes.read", ToolArguments.Empty, static _ => 1);
}
