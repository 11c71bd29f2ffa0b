using System.Text.Json;

namespace ToolGuardrails.Testing.Guards;

/// <summary>The contract's own policy: it knows every tool that is asked about, declares no arguments and grants everything, so that each call reaches the guard.</summary>
internal static class ContractPolicy
{
    public const string Agent = "contract-agent";

    public static GuardrailPolicy For(IEnumerable<string> tools)
    {
        IEnumerable<string> entries = tools.Distinct(StringComparer.Ordinal).Select(static t => $"\"{JsonEncodedText.Encode(t)}\": {Entry(t)}");
        return GuardrailPolicy.Parse($$"""
            {
              "version": 1, "name": "guard-contract",
              "tools": { {{string.Join(",\n", entries)}} },
              "agents": { "{{Agent}}": { "owner": "tests@example.com", "tier": "high", "grants": [ { "id": "all", "tools": "*", "access": ["read", "write", "delete", "send", "execute"] } ] } }
            }
            """);
    }

    private static string Entry(string tool) => tool switch
    {
        "contract.write" => """{ "access": ["write"], "tier": "low", "reversible": true }""",
        "contract.send" => """{ "access": ["send"], "tier": "medium" }""",
        "contract.execute" => """{ "access": ["execute"], "tier": "medium" }""",
        _ => """{ "access": ["read"], "tier": "low" }""",
    };
}
