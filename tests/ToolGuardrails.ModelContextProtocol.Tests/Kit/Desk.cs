using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol.Tests.Kit;

/// <summary>A guarded server, a client of the SDK's at the other end of its streams, and what ran.</summary>
internal sealed class Desk : IAsyncDisposable
{
    public const string Newest = "2026-07-28";
    public const string Older = "2025-06-18";

    public const string Policy = """
        {
          "version": 1, "name": "desk",
          "servers": { "warehouse": { "trusted": true } },
          "tools": {
            "orders.get":     { "name": "orders_get", "access": ["read"], "tier": "low", "arguments": { "id": "integer" } },
            "orders.secret":  { "name": "orders_secret", "access": ["read"], "tier": "low" },
            "customers.get":  { "name": "customers_get", "access": ["read"], "tier": "low" },
            "refunds.create": { "name": "refunds_create", "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "order": "integer", "amount": "number", "key": "string?" }, "redact": ["arg.key"] },
            "prices.set":     { "name": "prices_set", "access": ["write"], "tier": "medium", "arguments": { "sku": "string", "price": "number" },
                                "risks": [ { "id": "any", "when": { "arg.price": { "over": 0 } }, "tier": "high", "says": "sets a price" } ] },
            "orders.note":    { "name": "orders_note", "access": ["write"], "tier": "low", "reversible": true },
            "wh.rows":        { "server": "warehouse", "name": "rows", "access": ["read"], "tier": "low" },
            "docs.read":      { "name": "resources/read", "access": ["read"], "tier": "low", "arguments": { "uri": "string" } },
            "docs.watch":     { "name": "resources/subscribe", "access": ["read"], "tier": "low", "arguments": { "uri": "string" } },
            "prompts":        { "name": "prompts/get", "access": ["read"], "tier": "low", "arguments": { "name": "string", "arguments": "object" } },
            "completions":    { "name": "completion/complete", "access": ["read"], "tier": "low", "arguments": { "of": "string?", "argument": "string", "value": "string" } }
          },
          "agents": {
            "desk": {
              "owner": "maria.ortiz@example.com", "tier": "high",
              "grants": [
                { "id": "read", "tools": "orders.get" },
                { "id": "note", "tools": "orders.note", "access": ["write"] },
                { "id": "customers", "tools": "customers.get", "fields": ["id", "name"] },
                { "id": "refund", "tools": "refunds.create", "access": ["write"], "where": { "arg.amount": { "under": 2000 } } },
                { "id": "price", "tools": "prices.set", "access": ["write"] },
                { "id": "rows", "tools": "wh.rows" },
                { "id": "docs", "tools": "docs.*", "where": { "arg.uri": { "startsWith": "docs://" } } },
                { "id": "greet", "tools": "prompts", "where": { "arg.name": { "equals": "greet" } } },
                { "id": "complete", "tools": "completions", "where": { "arg.of": { "equals": "greet" } } }
              ]
            },
            "trial": { "owner": "maria.ortiz@example.com", "tier": "medium", "enforcement": "observe", "grants": [ { "id": "read", "tools": "orders.get" } ] },
            "closed": { "owner": "maria.ortiz@example.com", "tier": "high", "grants": [ { "id": "read", "tools": "orders.get" } ] }
          },
          "tiers": { "high": { "approval": "perCall", "approvers": ["role:lead"] } }
        }
        """;

    public static readonly Principal Dana = new("https://id.example", "dana");
    public static readonly ApproverIdentity Lead = new(new Principal("https://id.example", "lee"), ["lead"]);

    private readonly Lock _lock = new();
    private readonly List<string> _ran = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private Desk(ServiceProvider services, CollectingAuditSink sink)
    {
        Services = services;
        Sink = sink;
    }

    public ServiceProvider Services { get; }

    public CollectingAuditSink Sink { get; }

    public GuardrailPipeline Pipeline => Services.GetRequiredService<GuardrailPipeline>();

    public McpClient Client { get; private set; } = null!;

    public RawClient Raw { get; private set; } = null!;

    /// <summary>The tools that ran and what they were given, in order.</summary>
    public IReadOnlyList<string> Ran
    {
        get
        {
            lock (_lock)
            {
                return [.. _ran];
            }
        }
    }

    public static TheoryData<string> Revisions() => [Newest, Older];

    /// <summary>Opens a server with the tools of the policy, and connects a client to it.</summary>
    /// <param name="setup">What the test has otherwise.</param>
    public static async Task<Desk> OpenAsync(DeskSetup? setup = null)
    {
        setup ??= new();
        var toServer = new Pipe();
        var toClient = new Pipe();
        var sink = new CollectingAuditSink();
        var services = new ServiceCollection();
        services.AddGuardrails().AddAuditSink(sink).Configure(o =>
        {
            o.Policy = GuardrailPolicy.Parse(setup.Policy);
            o.TimeProvider = new FakeTime();
            o.MinimumApprovalTime = TimeSpan.Zero;
            o.Audit.CommitmentKey = new byte[32];
            setup.Options?.Invoke(o);
        });
        Desk? desk = null;
        WrittenTool[] tools = [.. (setup.Tools ?? ["orders_get", "orders_secret", "customers_get", "refunds_create", "prices_set", "orders_note", "not_in_policy"]).Select(n => new WrittenTool(setup.Declare(n), (request, cancellationToken) => desk!.RunAsync(setup, request, cancellationToken)))];
        IMcpServerBuilder builder = services.AddMcpServer(setup.Server).WithStreamServerTransport(toServer.Reader.AsStream(), toClient.Writer.AsStream()).WithTools(tools);
        setup.Before?.Invoke(builder);
        setup.Guard(builder);
        setup.After?.Invoke(builder);
        desk = new Desk(services.BuildServiceProvider(), sink);
        desk._running = desk.Services.GetRequiredService<McpServer>().RunAsync(desk._stop.Token);
        if (setup.IsRaw)
        {
            desk.Raw = new RawClient(toServer.Writer.AsStream(), toClient.Reader.AsStream(), setup.Revision) { Capabilities = setup.Capabilities };
            await desk.Raw.InitializeAsync();
            return desk;
        }

        var options = new McpClientOptions { ProtocolVersion = setup.Revision, DiscoverProbeTimeout = TimeSpan.FromMinutes(1) };
        if (setup.Asked is { } asked)
        {
            options.Handlers.ElicitationHandler = (question, _) => new(asked(question!));
        }

        desk.Client = await McpClient.CreateAsync(new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream()), options);
        return desk;
    }

    public async Task<CallToolResult> CallAsync(string tool, string json = "{}") => await Client.CallToolAsync(Params(tool, json));

    public static CallToolRequestParams Params(string tool, string json) =>
        new() { Name = tool, Arguments = JsonElementMembers(json) };

    public async Task<IReadOnlyList<AuditRecord>> RecordsAsync()
    {
        await Pipeline.DisposeAsync();
        return Sink.Records;
    }

    public async Task<IReadOnlyList<AuditRecord>> DecisionsAsync() => [.. (await RecordsAsync()).Where(static r => r.Kind == AuditRecordKind.Decision)];

    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
        {
            await Client.DisposeAsync();
        }

        Raw?.Dispose();
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
        }

        await Services.DisposeAsync();
        _stop.Dispose();
    }

    public static string TextOf(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;

    private static Dictionary<string, System.Text.Json.JsonElement> JsonElementMembers(string json) =>
        System.Text.Json.JsonElement.Parse(json).EnumerateObject().ToDictionary(static m => m.Name, static m => m.Value);

    private async ValueTask<CallToolResult> RunAsync(DeskSetup setup, RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        string name = request.Params.Name;
        string arguments = System.Text.Json.JsonSerializer.Serialize(new SortedDictionary<string, System.Text.Json.JsonElement>(request.Params.Arguments ?? new Dictionary<string, System.Text.Json.JsonElement>(), StringComparer.Ordinal));
        lock (_lock)
        {
            _ran.Add($"{name} {arguments}");
        }

        return setup.Returns is null ? WrittenTool.Text($"{name} ran") : await setup.Returns(request, cancellationToken);
    }
}
