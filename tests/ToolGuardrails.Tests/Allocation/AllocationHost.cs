namespace ToolGuardrails.Tests.Allocation;

/// <summary>A pipeline whose log counts and drops, so that only what a call itself allocates is seen.</summary>
internal sealed class AllocationHost : IDisposable
{
    private const string Policy = """
        {
          "version": 1, "name": "allocation",
          "tools": {
            "orders.get": { "access": ["read"], "tier": "low", "arguments": { "id": "integer", "region": "string", "link": "string", "note": "string?" } },
            "orders.any": { "access": ["read"], "tier": "low" },
            "orders.list": { "access": ["read"], "tier": "low" }
          },
          "agents": {
            "clerk": {
              "owner": "maria.ortiz@example.com", "useCase": "answers", "tier": "medium",
              "grants": [
                { "id": "any", "tools": "orders.any" },
                { "id": "get", "tools": "orders.get", "where": {
                    "arg.region": { "equals": "north" }, "arg.link": { "host": "shop.example" }, "arg.id": { "between": [1, 999999] } } }
              ]
            }
          }
        }
        """;

    private readonly GuardrailPipeline _pipeline;

    public AllocationHost(params IToolGuard[] guards)
    {
        var options = new GuardrailOptions
        {
            Policy = GuardrailPolicy.Parse(Policy),
            Audit = { CommitmentKey = new byte[32], MaxQueuedBytes = 512 * 1024 * 1024 }, // No call has to wait for the writer.
            Sinks = { new AuditSinkRegistration(Log) },
        };
        foreach (IToolGuard guard in guards)
        {
            options.Guards.Add(guard);
        }

        _pipeline = GuardrailPipeline.Create(options);
        Session = _pipeline.StartSession("clerk", GovernedHost.Dana, tenant: "acme", sessionId: "s-1");
    }

    public CountingSink Log { get; } = new();

    public AgentSession Session { get; }

    /// <summary>Waits until everything so far is written.</summary>
    public void Settle() => Session.RecordOutputAsync("settled").AsTask().GetAwaiter().GetResult();

    public void Dispose() => _pipeline.Dispose();
}
