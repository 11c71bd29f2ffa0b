using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI.Tests.Kit;

/// <summary>A policy, the tools that it is about, and what they ran with.</summary>
internal sealed class Desk : IAsyncDisposable
{
    public const string Policy = """
        {
          "version": 1, "name": "desk",
          "servers": { "warehouse": {} },
          "tools": {
            "orders.get":     { "name": "orders_get", "access": ["read"], "tier": "low", "arguments": { "id": "integer" } },
            "customers.get":  { "name": "customers_get", "access": ["read"], "tier": "low" },
            "refunds.create": { "name": "refunds_create", "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "order": "integer", "amount": "number", "key": "string?" }, "redact": ["arg.key"] },
            "prices.set":     { "name": "prices_set", "access": ["write"], "tier": "medium", "arguments": { "sku": "string", "price": "number" },
                                "risks": [ { "id": "any", "when": { "arg.price": { "over": 0 } }, "tier": "high", "says": "sets a price" } ] },
            "batch":          { "access": ["read"], "tier": "low" },
            "orders.purge":   { "name": "orders_purge", "access": ["delete"], "tier": "medium" },
            "wh.rows":        { "server": "warehouse", "name": "rows", "access": ["read"], "tier": "low" }
          },
          "agents": {
            "desk": {
              "owner": "maria.ortiz@example.com", "tier": "high",
              "grants": [
                { "id": "read", "tools": "orders.get" },
                { "id": "customers", "tools": "customers.get", "fields": ["id", "name"] },
                { "id": "refund", "tools": "refunds.create", "access": ["write"], "where": { "arg.amount": { "under": 2000 } } },
                { "id": "price", "tools": "prices.set", "access": ["write"] },
                { "id": "batch", "tools": "batch" },
                { "id": "rows", "tools": "wh.rows" }
              ]
            },
            "helper": { "owner": "maria.ortiz@example.com", "tier": "high", "grants": [ { "id": "refund", "tools": "refunds.create", "access": ["write"] }, { "id": "batch", "tools": "batch" } ] }
          },
          "tiers": { "high": { "approval": "perCall", "approvers": ["role:lead"] } }
        }
        """;

    public static readonly Principal Dana = new("https://id.example", "dana");
    public static readonly ApproverIdentity DanaHerself = new(Dana);
    public static readonly ApproverIdentity Lead = new(new Principal("https://id.example", "lee"), ["lead"]);

    private readonly Lock _lock = new();
    private readonly List<string> _ran = [];

    private Desk(GuardrailTestHost host, AgentSession session)
    {
        Host = host;
        Session = session;
    }

    public GuardrailTestHost Host { get; }

    public AgentSession Session { get; }

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

    public static Desk Open(Action<GuardrailOptions>? configure = null, string agent = "desk")
    {
        GuardrailTestHost host = GuardrailTestHost.Create(GuardrailPolicy.Parse(Policy), configure);
        return new Desk(host, host.StartSession(agent, Dana, sessionId: "chat"));
    }

    public AITool[] Tools() =>
    [
        Tool("orders_get"), Tool("refunds_create"), Tool("prices_set"), Tool("orders_purge"), Tool("not_in_policy"),
        Tool("customers_get", _ => JsonElement.Parse("""{"id":7,"name":"Ana","ssn":"123-45"}""")),
    ];

    /// <summary>A function that writes down what it is given.</summary>
    public AIFunction Tool(string name, Func<AIFunctionArguments, object?>? returns = null) => new Written(name, arguments =>
    {
        lock (_lock)
        {
            _ran.Add($"{name} {JsonSerializer.Serialize(arguments.OrderBy(static a => a.Key, StringComparer.Ordinal).ToDictionary())}");
        }

        return new(returns is null ? $"{name} ran" : returns(arguments));
    });

    public Task<IReadOnlyList<AuditRecord>> DecisionsAsync() => Host.RecordsAsync(AuditRecordKind.Decision);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    internal sealed class Written(string name, Func<AIFunctionArguments, ValueTask<object?>> run) : AIFunction
    {
        public override string Name => name;

        public override string Description => "writes down what it is given";

        public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; } = new Dictionary<string, object?> { ["strict"] = true };

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => run(arguments);
    }
}
