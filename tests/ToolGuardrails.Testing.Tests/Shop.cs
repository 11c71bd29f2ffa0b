namespace ToolGuardrails.Testing.Tests;

/// <summary>The policy that these tests ask.</summary>
internal static class Shop
{
    public const string Json = """
        {
          "version": 1, "name": "shop",
          "tools": {
            "orders.get": { "access": ["read"], "tier": "low", "arguments": { "id": "integer" } },
            "notes.write": { "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "text": "string" } },
            "refunds.create": {
              "access": ["write"], "tier": "low", "reversible": true,
              "arguments": { "order": "integer", "amount": "number" },
              "risks": [ { "id": "large", "when": { "arg.amount": { "over": 500 } }, "tier": "high" } ]
            },
            "shell.run": { "access": ["execute"], "tier": "medium", "arguments": { "command": "string" } },
            "mail.send": {
              "access": ["send"], "tier": "medium", "arguments": { "to": "string" },
              "definition": "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            }
          },
          "agents": {
            "support-agent": {
              "owner": "maria.ortiz@shop.example", "tier": "high",
              "grants": [
                { "id": "orders", "tools": "orders.*" },
                { "id": "notes", "tools": "notes.write", "access": ["write"], "where": { "ctx.tenant": { "equals": "acme" } } },
                { "id": "refund", "tools": "refunds.create", "access": ["write"], "where": { "arg.amount": { "under": 2000 } } },
                { "id": "mail", "tools": "mail.send", "access": ["send"] }
              ]
            },
            "summary-agent": {
              "owner": "maria.ortiz@shop.example", "tier": "medium",
              "grants": [ { "id": "all", "tools": "*", "access": ["read", "write"] } ]
            }
          },
          "deny": [ { "id": "no-shell", "tools": "shell.*", "says": "no agent runs commands" } ],
          "tiers": { "high": { "approvers": ["role:finance"] } }
        }
        """;

    public static readonly Principal Dana = new("https://id.example", "dana");
    public static readonly Principal Lead = new("https://id.example", "lead");

    public static GuardrailPolicy Policy { get; } = GuardrailPolicy.Parse(Json);

    public static string Message(Action assertion) => Assert.Throws<GuardrailAssertionException>(assertion).Message;
}
