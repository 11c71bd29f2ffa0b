namespace ToolGuardrails.Tests.Contracts;

/// <summary>A policy with a value in every place that an approval of <c>stock.write</c> is bound to, and in some that it isn't.</summary>
internal static class BoundPolicy
{
    public const string Json = """
        {
          "version": 1, "name": "bound",
          "facts": { "site": "main", "environment": "test" },
          "servers": { "warehouse": { "trusted": false, "facts": { "region": "north" } }, "office": {} },
          "tools": {
            "stock.write": { "server": "warehouse", "name": "write_rows", "access": ["write"], "tier": "medium", "reversible": true,
              "arguments": { "rows": "integer" }, "facts": { "zone": "a" }, "labels": ["external"], "touches": ["stock"],
              "risks": [ { "id": "some", "when": { "arg.rows": { "over": 500 } }, "tier": "high", "says": "some rows" } ] },
            "desk.read": { "server": "office", "access": ["read"], "tier": "low" }
          },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "useCase": "keeps stock", "tier": "high",
              "grants": [ { "id": "write", "tools": "stock.write", "access": ["write"] }, { "id": "desk", "tools": "desk.read" } ], "deny": [] },
            "boss": { "owner": "ada.byron@example.com", "tier": "high", "grants": [ { "id": "all", "tools": "stock.write", "access": ["write"] } ] },
            "other": { "owner": "olu.ade@example.com", "tier": "medium", "grants": [ { "id": "o", "tools": "desk.read" } ] }
          },
          "risks": [ { "id": "bulk", "tools": "stock.*", "when": { "arg.rows": { "over": 100 } }, "tier": "high" } ],
          "deny": [ { "id": "flood", "tools": "stock.write", "where": { "arg.rows": { "over": 1000 } } } ],
          "tiers": { "medium": { "approval": "review", "approvers": ["subject"], "expires": "04:00:00" }, "high": { "approval": "perCall", "approvers": ["user:https://id.example|lead"] } }
        }
        """;

    /// <summary>The policy with one piece of its text changed, which has to be there.</summary>
    public static GuardrailPolicy With(string old, string replacement)
    {
        Assert.Contains(old, Json, StringComparison.Ordinal);
        return GuardrailPolicy.Parse(Json.Replace(old, replacement, StringComparison.Ordinal));
    }
}
