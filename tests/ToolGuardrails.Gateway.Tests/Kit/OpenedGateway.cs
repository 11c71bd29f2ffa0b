using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.Gateway.Tests.Kit;

/// <summary>A gateway in this process, in front of a scripted server; at its other end a client of the SDK's, or the streams for what no SDK would send.</summary>
internal sealed class OpenedGateway : IAsyncDisposable
{
    public const string Policy = """
        {
          "version": 1, "name": "shop",
          "servers": { "shop": {} },
          "tools": {
            "echo": { "server": "shop", "access": ["read"], "tier": "low" },
            "mail": { "server": "shop", "access": ["send"], "tier": "medium" },
            "wipe": { "server": "shop", "access": ["delete"], "tier": "medium", "risks": [ { "id": "always", "when": {}, "tier": "high", "says": "deletes it all" } ] },
            "spare": { "server": "shop", "access": ["read"], "tier": "low" }
          },
          "agents": { "clerk": { "owner": "maria@example.com", "tier": "high", "grants": [
            { "id": "echo", "tools": "echo" }, { "id": "mail", "tools": "mail", "access": ["send"] }, { "id": "wipe", "tools": "wipe", "access": ["delete"] } ] } },
          "tiers": { "high": { "approval": "perCall", "approvers": ["role:lead"] } }
        }
        """;

    public static readonly Principal Dana = new("https://id.example", "dana");

    private readonly ServiceProvider _services;
    private readonly McpUpstream _upstream;
    private readonly Pipe _toGateway = new();
    private readonly Pipe _fromGateway = new();
    private readonly CancellationTokenSource _stop = new();

    private OpenedGateway(ScriptedServer server, McpUpstream upstream, ServiceProvider services)
    {
        Server = server;
        _upstream = upstream;
        _services = services;
        ToGateway = _toGateway.Writer.AsStream();
        FromGateway = _fromGateway.Reader.AsStream();
    }

    public ScriptedServer Server { get; }

    public CollectingAuditSink Sink => _services.GetRequiredService<CollectingAuditSink>();

    public GuardrailPipeline Pipeline => _services.GetRequiredService<GuardrailPipeline>();

    public ConcurrentQueue<string> Told { get; } = new();

    public required KeptLog Log { get; init; }

    public Stream ToGateway { get; }

    public Stream FromGateway { get; }

    public Task Running { get; private set; } = Task.CompletedTask;

    public McpClient Client { get; private set; } = null!;

    public ConcurrentQueue<JsonRpcNotification> News { get; } = new();

    /// <summary>Is released whenever the client has been told something unasked.</summary>
    public SemaphoreSlim NewsCame { get; } = new(0);

    /// <summary>Opens it.</summary>
    /// <param name="server">The scripted server; a good one where it isn't given.</param>
    /// <param name="policy">The policy; the one above where it isn't given.</param>
    /// <param name="asked">What the client's user answers; the client can't ask where it isn't given.</param>
    /// <param name="longest">How many bytes a message may have.</param>
    /// <param name="revision">The client's revision of the protocol; the newest where it isn't given.</param>
    /// <param name="connects">Whether a client of the SDK's is connected.</param>
    public static async Task<OpenedGateway> OpenAsync(ScriptedServer? server = null, string? policy = null, Func<ElicitRequestParams, ElicitResult>? asked = null, int longest = 1024 * 1024, string? revision = null, bool connects = true)
    {
        server ??= new ScriptedServer();
        OpenedGateway? opened = null;
        var early = new ConcurrentQueue<string>();
        McpUpstream upstream = await McpUpstream.ConnectAsync(server.FromServer, server.ToServer, new McpUpstreamOptions { Command = "scripted", MaxMessageBytes = longest, Error = line => (opened?.Told ?? early).Enqueue(line) });
        var services = new ServiceCollection();
        var sink = new CollectingAuditSink();
        services.AddSingleton(sink);
        var log = new KeptLog();
        services.AddSingleton<ILoggerFactory>(log);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddGuardrails().AddAuditSink(sink).Configure(o =>
        {
            o.Policy = GuardrailPolicy.Parse(policy ?? Policy);
            o.MinimumApprovalTime = TimeSpan.Zero;
            o.Audit.CommitmentKey = new byte[32];
            o.Audit.Low = AuditAcknowledgement.Written;
        });
        services.AddMcpServer().WithGuardrails("clerk", Dana, "s-1", new GuardedServerOptions { Server = "shop" }).ForwardTo(upstream);
        opened = new OpenedGateway(server, upstream, services.BuildServiceProvider()) { Log = log };
        _ = opened.Pipeline;
        opened.Running = McpGateway.RunAsync(opened._services, opened._toGateway.Reader.AsStream(), opened._fromGateway.Writer.AsStream(), opened.Told.Enqueue, longest, opened._stop.Token);
        if (connects)
        {
            await opened.ConnectAsync(asked, revision);
        }

        return opened;
    }

    public async Task WriteAsync(string line)
    {
        await ToGateway.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        await ToGateway.FlushAsync();
    }

    public async Task<string> CallAsync(string tool, object? arguments = null, CancellationToken cancellationToken = default) =>
        Text(await Client.CallToolAsync(tool, new Dictionary<string, object?> { ["n"] = arguments }, cancellationToken: cancellationToken));

    public static string Text(CallToolResult result) => string.Join("\n", result.Content.OfType<TextContentBlock>().Select(static t => t.Text));

    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
        {
            await Client.DisposeAsync();
        }

        await _stop.CancelAsync();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _upstream.DisposeAsync();
        await _services.DisposeAsync();
        Server.Die();
        _stop.Dispose();
    }

    private async Task ConnectAsync(Func<ElicitRequestParams, ElicitResult>? asked, string? revision)
    {
        var options = new McpClientOptions { ProtocolVersion = revision, DiscoverProbeTimeout = TimeSpan.FromMinutes(1) };
        if (asked is not null)
        {
            options.Handlers.ElicitationHandler = (question, _) => new(asked(question!));
        }

        options.Handlers.NotificationHandlers = new[] { NotificationMethods.ToolListChangedNotification, NotificationMethods.ProgressNotification, "notifications/message" }
            .Select(method => KeyValuePair.Create<string, Func<JsonRpcNotification, CancellationToken, ValueTask>>(method, (told, _) =>
            {
                News.Enqueue(told);
                NewsCame.Release();
                return default;
            }));
        Client = await McpClient.CreateAsync(new StreamClientTransport(ToGateway, FromGateway), options);
    }
}
