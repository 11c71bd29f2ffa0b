using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.Benchmarks.Gateway;

/// <summary>A client of the SDK's, and what stands between it and a server with one tool; all of it in this process, over pipes.</summary>
internal sealed class McpLink : IAsyncDisposable
{
    private const string Policy = """
        { "version": 1, "name": "echo", "servers": { "echo": {} },
          "tools": { "echo": { "server": "echo", "access": ["read"], "tier": "low", "arguments": { "id": "integer", "note": "string" } } },
          "agents": { "clerk": { "owner": "maria@example.com", "tier": "low", "grants": [ { "id": "echo", "tools": "echo", "where": { "arg.id": { "under": 100 } } } ] } } }
        """;

    private readonly List<IAsyncDisposable> _behind = [];

    public McpClient Client { get; private set; } = null!;

    public static async Task<McpLink> DirectAsync()
    {
        var link = new McpLink();
        link.Client = await link.ServerAsync();
        return link;
    }

    public static async Task<McpLink> ThroughProxyAsync()
    {
        var link = new McpLink();
        McpClient upstream = await link.ServerAsync();
        link._behind.Add(upstream);
        var services = new ServiceCollection();
        services.AddMcpServer()
            .WithListToolsHandler((request, cancellationToken) => upstream.ListToolsAsync(request.Params, cancellationToken))
            .WithCallToolHandler((request, cancellationToken) => upstream.CallToolAsync(new CallToolRequestParams { Name = request.Params.Name, Arguments = request.Params.Arguments }, cancellationToken));
        link.Client = await link.ConnectAsync(services, static (provider, input, output) => Serve(provider, input, output));
        return link;
    }

    public static async Task<McpLink> ThroughGatewayAsync(string folder, AuditAcknowledgement low)
    {
        var link = new McpLink();
        var toServer = new Pipe();
        var fromServer = new Pipe();
        link.Start(EchoServices(), toServer.Reader.AsStream(), fromServer.Writer.AsStream(), static (provider, input, output) => Serve(provider, input, output));
        McpUpstream upstream = await McpUpstream.ConnectAsync(fromServer.Reader.AsStream(), toServer.Writer.AsStream(), new McpUpstreamOptions { Command = "echo" });
        link._behind.Add(upstream);
        var services = new ServiceCollection();
        services.AddGuardrails()
            .AddAuditLog(Path.Combine(folder, "audit"), log => log.KeyDirectory = Path.Combine(folder, "keys"))
            .Configure(o =>
            {
                o.Policy = GuardrailPolicy.Parse(Policy);
                o.Audit.KeyDirectory = Path.Combine(folder, "keys");
                o.Audit.Low = low;
            });
        services.AddMcpServer().WithGuardrails("clerk", new Principal("os", "dana"), options: new GuardedServerOptions { Server = "echo" }).ForwardTo(upstream);
        link.Client = await link.ConnectAsync(services, static (provider, input, output) => McpGateway.RunAsync(provider, input, output, static _ => { }));
        return link;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        foreach (IAsyncDisposable behind in Enumerable.Reverse(_behind))
        {
            await behind.DisposeAsync();
        }
    }

    private static ServiceCollection EchoServices()
    {
        var services = new ServiceCollection();
        services.AddMcpServer()
            .WithListToolsHandler(static (_, _) => new(new ListToolsResult { Tools = [new Tool { Name = "echo" }] }))
            .WithCallToolHandler(static (_, _) => new(new CallToolResult { Content = [new TextContentBlock { Text = "the second floor" }] }));
        return services;
    }

    private static async Task Serve(IServiceProvider provider, Stream input, Stream output)
    {
        await using var transport = new StreamServerTransport(input, output);
        await using McpServer server = McpServer.Create(transport, provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<McpServerOptions>>().Value, serviceProvider: provider);
        await server.RunAsync();
    }

    private Task<McpClient> ServerAsync() => ConnectAsync(EchoServices(), static (provider, input, output) => Serve(provider, input, output));

    private Task<McpClient> ConnectAsync(ServiceCollection services, Func<IServiceProvider, Stream, Stream, Task> serve)
    {
        var toServer = new Pipe();
        var fromServer = new Pipe();
        Start(services, toServer.Reader.AsStream(), fromServer.Writer.AsStream(), serve);
        return McpClient.CreateAsync(new StreamClientTransport(toServer.Writer.AsStream(), fromServer.Reader.AsStream()));
    }

    private void Start(ServiceCollection services, Stream input, Stream output, Func<IServiceProvider, Stream, Stream, Task> serve)
    {
        ServiceProvider provider = services.BuildServiceProvider();
        _behind.Add(provider);
        _ = serve(provider, input, output);
    }
}
