namespace ToolGuardrails.Tests.Explaining;

/// <summary>The policy that the explanations of these tests are about. Its parts stand in an unusual order.</summary>
internal static class Desk
{
    public const string Json = """
        {
          "version": 1, "name": "desk",
          "deny": [
            { "id": "negative", "tools": "refunds.*", "where": { "arg.amount": { "under": 0 } }, "says": "a negative refund charges the customer" },
            { "id": "no-shell", "tools": "shell.*" }
          ],
          "tools": {
            "refunds.create": {
              "access": ["write"], "tier": "low", "reversible": true,
              "arguments": { "order": "integer", "amount": "number", "to": "string?", "tags": "string[]?" },
              "risks": [ { "id": "large", "when": { "arg.amount": { "over": 500 } }, "tier": "high" } ]
            },
            "orders.get": { "access": ["read"], "tier": "low", "arguments": { "id": "integer" } },
            "mail.send": { "access": ["send"], "tier": "medium", "arguments": { "to": "string" } }
          },
          "agents": {
            "clerk": {
              "owner": "maria.ortiz@desk.example", "tier": "high",
              "grants": [
                { "id": "orders", "tools": "orders.*" },
                { "id": "refund", "tools": "refunds.create", "access": ["write"], "where": { "arg.amount": { "under": 2000 } } },
                { "id": "mail", "tools": "mail.send", "access": ["send"], "where": { "arg.to": { "address": "customer.example" } } }
              ]
            },
            "helper": {
              "owner": "maria.ortiz@desk.example", "tier": "medium",
              "grants": [ { "id": "all", "tools": "*", "access": ["read", "write"] } ],
              "deny": [ { "id": "tagged", "tools": "*", "access": ["write"], "where": { "arg.tags": { "startsWith": "vip" } } } ]
            }
          },
          "risks": [ { "id": "out", "tools": "*", "access": ["send"], "tier": "medium" } ],
          "tiers": { "high": { "approvers": ["role:finance"] } }
        }
        """;

    public static GuardrailPolicy Policy { get; } = GuardrailPolicy.Parse(Json);

    public static PolicyExplanation Explain(string tool, string arguments, params string[] agents) => PolicyExplanation.Of(Policy, new PolicyQuestion
    {
        Agent = agents.Length > 0 ? agents[0] : "clerk",
        Ancestors = agents.Length > 0 ? agents[1..] : [],
        Tool = tool,
        Arguments = ToolArguments.FromJson(arguments),
        Subject = GovernedHost.Dana,
    });
}
