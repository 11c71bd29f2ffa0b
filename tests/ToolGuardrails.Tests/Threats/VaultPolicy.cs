namespace ToolGuardrails.Tests.Threats;

/// <summary>A policy whose tools carry secrets in every place that can be hidden.</summary>
internal static class VaultPolicy
{
    private const string Arguments = """ "arguments": { "id": "string?", "note": "any?", "customer": "any?", "items": "any?" } """;

    private const string Redact = """ "redact": ["arg.note", "arg.customer.ssn", "arg.items.card", "result.token", "result.customer.ssn", "result.rows.card"] """;

    public const string Json = $$"""
        { "version": 1, "name": "vault",
          "tools": {
            "vault.read": { "access": ["read"], "tier": "low", {{Arguments}}, {{Redact}} },
            "vault.some": { "access": ["read"], "tier": "low", {{Arguments}}, {{Redact}} },
            "vault.all": { "access": ["read"], "tier": "low", "redact": ["arg", "result"] },
            "vault.spent": { "access": ["read"], "tier": "low", "budget": { "calls": 1, "per": "24:00:00" }, {{Arguments}}, {{Redact}} },
            "vault.write": { "access": ["write"], "tier": "medium", "reversible": true, {{Arguments}}, {{Redact}},
              "risks": [ { "id": "told", "when": {}, "tier": "medium", "says": "writes {arg.note}, {arg.customer} and {arg.items}" } ] },
            "vault.remove": { "access": ["delete"], "tier": "high", {{Arguments}}, {{Redact}} },
            "vault.denied": { "access": ["read"], "tier": "low", {{Arguments}}, {{Redact}} } },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [
                { "id": "some", "tools": "vault.some", "fields": ["token", "rows"] },
                { "id": "read", "tools": "vault.read" }, { "id": "all", "tools": "vault.all" }, { "id": "spent", "tools": "vault.spent" }, { "id": "write", "tools": "vault.write", "access": ["write"] } ] },
            "watched": { "owner": "maria.ortiz@example.com", "tier": "medium", "enforcement": "observe", "grants": [ { "id": "spent", "tools": "vault.spent" } ] } },
          "deny": [ { "id": "no", "tools": "vault.denied", "says": "no to {arg.note}, {arg.customer} and {arg.items}" } ] }
        """;

    /// <summary>The same without a word of hiding.</summary>
    public static string Clear { get; } = Json.Replace(Redact, """ "labels": [] """, StringComparison.Ordinal).Replace("\"redact\": [\"arg\", \"result\"]", "\"labels\": []", StringComparison.Ordinal);
}
