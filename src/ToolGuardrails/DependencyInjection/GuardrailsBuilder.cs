using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ToolGuardrails.DependencyInjection;

namespace ToolGuardrails;

/// <summary>Adds guards, approvers and audit sinks to a host's guardrails. All of them are singletons.</summary>
public sealed class GuardrailsBuilder
{
    internal GuardrailsBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds a guard, asked after those added before it. One that is also an <see cref="IToolResultGuard"/> sees results too.</summary>
    /// <typeparam name="T">The guard.</typeparam>
    public GuardrailsBuilder AddGuard<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IToolGuard
    {
        Services.TryAddSingleton<T>();
        Services.AddSingleton<IToolGuard>(static p => p.GetRequiredService<T>());
        if (typeof(IToolResultGuard).IsAssignableFrom(typeof(T)))
        {
            Services.AddSingleton(static p => (IToolResultGuard)p.GetRequiredService<T>());
        }

        return this;
    }

    /// <summary>Adds a guard, asked after those added before it. One that is also an <see cref="IToolResultGuard"/> sees results too.</summary>
    /// <param name="guard">The guard.</param>
    public GuardrailsBuilder AddGuard(IToolGuard guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        Services.AddSingleton(guard);
        if (guard is IToolResultGuard resultGuard)
        {
            Services.AddSingleton(resultGuard);
        }

        return this;
    }

    /// <summary>Adds a guard that judges results only.</summary>
    /// <typeparam name="T">The guard.</typeparam>
    public GuardrailsBuilder AddResultGuard<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IToolResultGuard
    {
        Services.TryAddSingleton<T>();
        Services.AddSingleton<IToolResultGuard>(static p => p.GetRequiredService<T>());
        return this;
    }

    /// <summary>Adds a guard that judges results only.</summary>
    /// <param name="guard">The guard.</param>
    public GuardrailsBuilder AddResultGuard(IToolResultGuard guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        Services.AddSingleton(guard);
        return this;
    }

    /// <summary>Sets who asks a human. There can be one.</summary>
    /// <typeparam name="T">The approver.</typeparam>
    public GuardrailsBuilder AddApprover<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IApprover
    {
        Services.AddSingleton<IApprover, T>();
        return this;
    }

    /// <summary>Sets who asks a human. There can be one.</summary>
    /// <param name="approver">The approver.</param>
    public GuardrailsBuilder AddApprover(IApprover approver)
    {
        ArgumentNullException.ThrowIfNull(approver);
        Services.AddSingleton(approver);
        return this;
    }

    /// <summary>Sets who gets the credentials that the policy's grants name. There can be one.</summary>
    /// <typeparam name="T">The broker.</typeparam>
    public GuardrailsBuilder AddCredentialBroker<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, ICredentialBroker
    {
        Services.AddSingleton<ICredentialBroker, T>();
        return this;
    }

    /// <summary>Adds somebody who tells people that a request waits.</summary>
    /// <typeparam name="T">The notifier.</typeparam>
    public GuardrailsBuilder AddApprovalNotifier<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>()
        where T : class, IApprovalNotifier
    {
        Services.AddSingleton<IApprovalNotifier, T>();
        return this;
    }

    /// <summary>Adds somebody who tells people that a request waits.</summary>
    /// <param name="notifier">The notifier.</param>
    public GuardrailsBuilder AddApprovalNotifier(IApprovalNotifier notifier)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        Services.AddSingleton(notifier);
        return this;
    }

    /// <summary>Adds a required, tamper-evident <see cref="AuditLog"/>. The first sink that a host adds takes the place of the default log.</summary>
    /// <param name="directory">The log's directory; a relative path is resolved against <see cref="GuardrailOptions.ContentRoot"/>.</param>
    /// <param name="configure">Changes the log's options. Before it runs they have the services' clock and logger, the key directory of <see cref="GuardrailOptions.Audit"/>, and a <see cref="LoggerCheckpointAnchor"/> if there is a logger.</param>
    public GuardrailsBuilder AddAuditLog(string directory, Action<AuditLogOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        Services.AddSingleton(new SinkSource(place => AuditLogSource.Make(place, directory, configure), AuditRequirement.Required) { Owned = true });
        return this;
    }

    /// <summary>Adds a required <see cref="JsonLinesAuditSink"/>, which isn't tamper-evident. The first sink that a host adds takes the place of the default log.</summary>
    /// <param name="path">The file; a relative path is resolved against <see cref="GuardrailOptions.ContentRoot"/>.</param>
    public GuardrailsBuilder AddAuditFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Services.AddSingleton(new SinkSource(place => new JsonLinesAuditSink(Path.GetFullPath(path, place.Root)), AuditRequirement.Required) { Owned = true });
        return this;
    }

    /// <summary>Adds a sink. The first sink that a host adds takes the place of the default log.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="requirement">What its failure means.</param>
    public GuardrailsBuilder AddAuditSink(IAuditSink sink, AuditRequirement requirement = AuditRequirement.Required)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Services.AddSingleton(new SinkSource(_ => sink, requirement));
        return this;
    }

    /// <summary>Adds a sink that the services make.</summary>
    /// <typeparam name="T">The sink.</typeparam>
    /// <param name="requirement">What its failure means.</param>
    public GuardrailsBuilder AddAuditSink<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(AuditRequirement requirement = AuditRequirement.Required)
        where T : class, IAuditSink
    {
        Services.TryAddSingleton<T>();
        Services.AddSingleton(new SinkSource(static place => place.Services.GetRequiredService<T>(), requirement));
        return this;
    }

    /// <summary>Adds a best-effort <see cref="LoggerAuditSink"/>. It doesn't take the place of the default log.</summary>
    public GuardrailsBuilder AddAuditLogger()
    {
        Services.AddSingleton(new SinkSource(static place => new LoggerAuditSink(place.Services.GetRequiredService<ILogger<LoggerAuditSink>>()), AuditRequirement.BestEffort) { KeepsDefault = true });
        return this;
    }

    /// <summary>Changes any option.</summary>
    /// <param name="configure">Runs before the policy and the sinks are made.</param>
    public GuardrailsBuilder Configure(Action<GuardrailOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure(configure);
        return this;
    }
}
