namespace ToolGuardrails.Tests.Kit;

/// <summary>A folder with a small policy and the files that a test puts beside it.</summary>
internal sealed class PolicyFolder : IDisposable
{
    private const string Policy = """
        {
          "version": 1, "name": "desk",
          "tools": {
            "refunds.create": {
              "access": ["write"], "tier": "low", "reversible": true, "arguments": { "amount": "number", "to": "string?" },
              "risks": [ { "id": "large", "when": { "arg.amount": { "over": 500 } }, "tier": "high" } ]
            },
            "orders.get": { "access": ["read"], "tier": "low" }
          },
          "agents": {
            "clerk": { "owner": "Ada", "tier": "high", "grants": [ { "id": "refund", "tools": "refunds.create", "access": ["write"], "where": { "arg.amount": { "under": 2000 } } } ] },
            "helper": { "owner": "Ada", "tier": "high", "grants": [ { "id": "all", "tools": "*", "access": ["read", "write"] } ], "deny": [ { "id": "north", "tools": "orders.*", "where": { "ctx.tenant": { "equals": "north" } } }, { "id": "dana", "tools": "refunds.*", "where": { "ctx.subject": { "equals": "https://id.example|a|b" } } } ] }
          },
          "tiers": { "high": { "approvers": ["role:finance"] } }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public PolicyFolder() => File = Keep("guardrails.json", Policy);

    /// <summary>The policy.</summary>
    public string File { get; }

    public string Digest { get; } = GuardrailPolicy.Parse(Policy).Digest;

    public string Keep(string name, string content)
    {
        System.IO.File.WriteAllText(Path(name), content);
        return Path(name);
    }

    public string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    public void Dispose() => _folder.Dispose();
}
