namespace ToolGuardrails.Tests.Kit;

/// <summary>Policies that many tests use.</summary>
internal static class Policies
{
    /// <summary>One agent, <c>clerk</c>: reads notes (Low) and writes. No environment is stated for most tools, so that the risk on production can't be ruled out and their writes are High.</summary>
    public const string Clerk = """
        {
          "version": 1, "name": "clerk",
          "tools": {
            "notes.read":   { "access": ["read"], "tier": "low", "arguments": { "id": "string" } },
            "notes.any":    { "access": ["read"], "tier": "low" },
            "notes.write":  { "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "id": "string", "text": "string", "amount": "number?" } },
            "notes.remove": { "access": ["delete"], "tier": "medium", "arguments": { "id": "string" } },
            "prod.write":   { "access": ["write"], "tier": "medium", "facts": { "environment": "production" }, "arguments": { "rows": "integer" } },
            "other.read":   { "access": ["read"], "tier": "low" }
          },
          "agents": {
            "clerk": {
              "owner": "maria.ortiz@example.com", "useCase": "keeps notes", "tier": "high",
              "grants": [
                { "id": "read", "tools": "notes.read" },
                { "id": "any", "tools": "notes.any" },
                { "id": "write", "tools": "notes.*", "access": ["read", "write", "delete"] },
                { "id": "prod", "tools": "prod.write", "access": ["write"] }
              ]
            },
            "helper": {
              "owner": "maria.ortiz@example.com", "tier": "medium",
              "grants": [ { "id": "all-read", "tools": "*" } ]
            }
          },
          "risks": [
            { "id": "production-write", "tools": "*", "access": ["write", "delete", "execute"], "when": { "ctx.environment": { "equals": "production" } }, "tier": "high", "says": "changes {ctx.environment}" }
          ],
          "tiers": { "high": { "approval": "perCall", "approvers": ["role:sre", "user:https://id.example|lead"] } }
        }
        """;
}
