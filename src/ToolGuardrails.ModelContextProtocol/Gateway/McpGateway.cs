using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;
using ToolGuardrails.ModelContextProtocol;
using ToolGuardrails.ModelContextProtocol.Gateway;

namespace ToolGuardrails;

/// <summary>A guarded server that stands in front of another one: what passes the policy is forwarded.</summary>
public static class McpGateway
{
    private const int MostOpenRequests = 64;

    /// <summary>Lets a guarded server answer with what another server says. Tools, prompts, resources and completions are forwarded; what the other server wants of the client (sampling, roots, questions to its user), its instructions and its log messages aren't.</summary>
    /// <param name="builder">The server, guarded by <c>WithGuardrails</c> for one client.</param>
    /// <param name="upstream">The other server. Whoever has started it ends it.</param>
    /// <exception cref="InvalidOperationException">The server isn't guarded.</exception>
    public static IMcpServerBuilder ForwardTo(this IMcpServerBuilder builder, McpUpstream upstream)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(upstream);
        if (!builder.Services.Any(static s => s.ServiceType == typeof(ServerGuard)))
        {
            throw new InvalidOperationException("The server isn't guarded, so everything would be forwarded; call WithGuardrails before ForwardTo.");
        }

        builder.Services.AddSingleton(services => new Forwarder(upstream, services.GetRequiredService<ServerGuard>()));
        builder.Services.AddSingleton<IConfigureOptions<McpServerOptions>>(static services => services.GetRequiredService<Forwarder>());
        return builder;
    }

    /// <summary>Serves one client over two streams until it closes them, with bounds on the length of its messages and on how many of its requests are open.</summary>
    /// <param name="services">The server's services.</param>
    /// <param name="fromClient">What the client writes.</param>
    /// <param name="toClient">What it reads.</param>
    /// <param name="report">Is told of what was dropped.</param>
    /// <param name="maxMessageBytes">How many bytes a message of the client's may have; a longer one is dropped.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(IServiceProvider services, Stream fromClient, Stream toClient, Action<string> report, int maxMessageBytes = 8 * 1024 * 1024, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(report);
        McpServerOptions options = services.GetRequiredService<IOptions<McpServerOptions>>().Value;
        var transport = new LineTransport(fromClient, toClient, maxMessageBytes, MostOpenRequests, report);
        await using (transport.ConfigureAwait(false))
        {
            var server = McpServer.Create(transport, options, services.GetService<ILoggerFactory>(), services);
            await using (server.ConfigureAwait(false))
            {
                await server.RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
