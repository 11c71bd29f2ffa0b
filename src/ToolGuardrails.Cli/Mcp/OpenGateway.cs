using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.Cli.Mcp;

/// <summary>A gateway over its log and store, in front of a server that runs. While it is open, no other process writes the log.</summary>
internal sealed class OpenGateway : IAsyncDisposable
{
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(10);

    private readonly ServiceProvider _services;
    private readonly SqliteGuardrailStore? _store;

    private OpenGateway(ServiceProvider services, SqliteGuardrailStore? store)
    {
        _services = services;
        _store = store;
    }

    /// <summary>Opens the log and the store.</summary>
    /// <param name="options">The options.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="server">Its id in the policy, from <see cref="ServerOf"/>.</param>
    /// <param name="upstream">The server.</param>
    /// <param name="error">Is told what standard error is for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CommandException">Something doesn't hold; the sentences say what.</exception>
    public static async Task<OpenGateway> OpenAsync(GatewayOptions options, GuardrailPolicy policy, string server, McpUpstream upstream, Action<string> error, CancellationToken cancellationToken)
    {
        SqliteGuardrailStore? store = options.Store is { } file ? StoreFile.Open(file, create: false, cancellationToken) : null;
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(new TerminalLogger(error));
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddGuardrails()
            .AddAuditLog(options.Audit, log => (log.KeyDirectory, log.LockTimeout) = (options.Keys, LogPatience))
            .Configure(made => Fill(made, options, policy, store));
        services.AddMcpServer()
            .WithGuardrails(options.Agent, OperatingSystemUser.Principal, options.Session, new GuardedServerOptions { Server = server })
            .ForwardTo(upstream);
        ServiceProvider provider = services.BuildServiceProvider();
        try
        {
            _ = provider.GetRequiredService<GuardrailPipeline>();
            return new OpenGateway(provider, store);
        }
        catch (Exception e)
        {
            await provider.DisposeAsync().ConfigureAwait(false);
            store?.Dispose();
            throw e is OptionsValidationException { Failures: var failures } ? new CommandException(string.Join(" ", failures), e) : e;
        }
    }

    /// <summary>The policy's server that stands behind the gateway.</summary>
    public static string ServerOf(GatewayOptions options, GuardrailPolicy policy)
    {
        string[] servers = [.. ServersOf(policy)];
        return options.Server is { } given
            ? servers.Contains(given, StringComparer.Ordinal) ? given : throw new CommandException($"The policy has no server {Visible.Quoted(given)}. Give --server one of: {string.Join(", ", servers.Select(Visible.Word))}.")
            : servers is [var only] ? only
            : throw new CommandException($"The policy has {servers.Length} servers, so which one is behind the gateway has to be said with --server. 'guardrails mcp inventory' writes one into a policy.");
    }

    /// <summary>Serves a client until it closes its stream.</summary>
    public Task RunAsync(Stream input, Stream output, Action<string> error, CancellationToken cancellationToken) =>
        McpGateway.RunAsync(_services, input, output, error, cancellationToken: cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync().ConfigureAwait(false);
        _store?.Dispose();
    }

    private static IEnumerable<string> ServersOf(GuardrailPolicy policy)
    {
        using var json = System.Text.Json.JsonDocument.Parse(policy.ToJson());
        return json.RootElement.TryGetProperty("servers", out System.Text.Json.JsonElement servers) ? [.. servers.EnumerateObject().Select(static s => s.Name)] : [];
    }

    internal static void Fill(GuardrailOptions made, GatewayOptions options, GuardrailPolicy policy, SqliteGuardrailStore? store)
    {
        made.Policy = policy;
        made.SuspensionStore = store;
        made.BudgetStore = store;
        made.ApprovalStore = store;
        made.GrantStore = store;
        made.Audit.KeyDirectory = options.Keys;
        made.Audit.Low = options.IsWritten ? AuditAcknowledgement.Written : AuditAcknowledgement.Queued;
    }
}
