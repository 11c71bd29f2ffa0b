using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;
using ToolGuardrails.ModelContextProtocol;

namespace ToolGuardrails;

/// <summary>Puts the pipeline in front of a server of the Model Context Protocol.</summary>
public static class GuardedServer
{
    /// <summary>Guards a server that has one client, such as one on standard input and output: all of its requests are one agent's, in one session.</summary>
    /// <param name="builder">The server. The services need <c>AddGuardrails()</c> too.</param>
    /// <param name="agent">The agent's name in the policy. With an unknown one every call is denied.</param>
    /// <param name="onBehalfOf">The person it acts for; null where it acts for nobody in particular, and then nobody can confirm a call in the client.</param>
    /// <param name="sessionId">The session's id, so that requests for approval are met again after a restart; generated where null.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The server is guarded already.</exception>
    public static IMcpServerBuilder WithGuardrails(this IMcpServerBuilder builder, string agent, Principal? onBehalfOf = null, string? sessionId = null, GuardedServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(agent);
        return Add(builder, options ?? new(), pipeline =>
        {
            AgentSession session = pipeline.StartSession(agent, onBehalfOf, sessionId: sessionId);
            return _ => session;
        });
    }

    /// <summary>Guards a server whose clients are told apart by the host.</summary>
    /// <param name="builder">The server. The services need <c>AddGuardrails()</c> too.</param>
    /// <param name="session">Gives the session of a request, from what the transport has proven, such as <see cref="MessageContext.User"/>; asked for each request. It returns the same session for the same conversation. Where it returns null or throws, nothing is listed and nothing runs. What the client writes into a request proves nothing.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The server is guarded already.</exception>
    public static IMcpServerBuilder WithGuardrails(this IMcpServerBuilder builder, Func<MessageContext, AgentSession?> session, GuardedServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(session);
        return Add(builder, options ?? new(), _ => session);
    }

    private static IMcpServerBuilder Add(IMcpServerBuilder builder, GuardedServerOptions options, Func<GuardrailPipeline, Func<MessageContext, AgentSession?>> sessions)
    {
        if (builder.Services.Any(static s => s.ServiceType == typeof(ServerGuard)))
        {
            throw new InvalidOperationException("The server is guarded already, and would decide each call twice; call WithGuardrails once.");
        }

        var hints = new HintGuard();
        builder.Services.AddSingleton<IToolGuard>(hints);
        builder.Services.AddSingleton(services =>
        {
            // With the server, so that a policy that can't be read is told when the host starts and not to the first caller.
            GuardrailPipeline pipeline = services.GetService<GuardrailPipeline>()
                ?? throw new InvalidOperationException("The server is to be guarded, and the services have no guardrails; call services.AddGuardrails() as well.");
            return new ServerGuard(pipeline, sessions(pipeline), hints, options, Logger(services));
        });
        builder.Services.AddSingleton<IPostConfigureOptions<McpServerOptions>>(static services => services.GetRequiredService<ServerGuard>());
        builder.Services.AddSingleton<IValidateOptions<McpServerOptions>>(static services => services.GetRequiredService<ServerGuard>());
        return builder;
    }

    private static ILogger Logger(IServiceProvider services) => services.GetService<ILoggerFactory>()?.CreateLogger(typeof(ServerGuard).Namespace!) ?? NullLogger.Instance;
}
