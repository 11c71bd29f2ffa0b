namespace ToolGuardrails.Tests.Policy;

/// <summary>The example that shows every member of version 1, with the dots where it leaves something open.</summary>
internal static class PolicyExample
{
    public const string Text =
        """
        { "version": 1, "name": "support", "facts": {},
          "servers": { "warehouse": { "trusted": false, "facts": { "environment": "production" } } },
          "tools": { "db.write": { "server": "warehouse", "name": "write_rows", "access": ["write"], "tier": "high", "reversible": false,
              "assigned": { "by": "maria.ortiz@example.com", "why": "moves stock", "review": "2027-01-31" },
              "arguments": { "table": "string", "rows": "integer", "note": "string?" }, "facts": {}, "labels": ["external"],
              "risks": [ { "id": "bulk", "when": { "arg.rows": { "over": 100 } }, "tier": "high", "says": "changes {arg.rows} rows in {ctx.environment}" } ],
              "redact": ["arg.note"], "touches": ["stock"], "definition": "sha256:...", "budget": { "calls": 30, "per": "00:01:00" } } },
          "agents": { "support-agent": { "owner": "...", "useCase": "...", "tier": "high", "enforcement": "enforce", "requirePrompt": true, "budget": {}, "review": "weekly",
              "grants": [ { "id": "...", "tools": "orders.*", "access": ["read"], "where": {}, "fields": ["id", "status"], "credential": "orders-ro" } ],
              "eligible": [ { "id": "...", "tools": "db.write", "access": ["write"], "where": {}, "for": "00:15:00", "uses": 3, "approvers": [] } ],
              "deny": [] } },
          "risks": [ { "id": "production-write", "tools": "*", "access": ["write", "delete", "execute"], "when": { "ctx.environment": { "equals": "production" } }, "tier": "high", "says": "changes production" } ],
          "deny": [ { "id": "no-shell", "tools": "shell.*" } ], // one tool family less
          "tiers": { "low": { "approval": "none" }, "medium": { "approval": "review", "approvers": ["subject"], "expires": "04:00:00" },
                     "high": { "approval": "perCall", "approvers": ["role:sre"], "quorum": 1, "expires": "00:30:00", "escalate": { "after": "00:10:00", "to": ["role:lead"] }, "comment": true } } }
        """;
}
