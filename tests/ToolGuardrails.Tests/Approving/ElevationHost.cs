using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>A host whose policy has eligible entries, and an approver who gives them.</summary>
internal static class ElevationHost
{
    public const string Policy = """
        {
          "version": 1, "name": "elevation",
          "tools": {
            "db.write": { "access": ["write"], "tier": "high", "arguments": { "rows": "integer" } },
            "db.read": { "access": ["read"], "tier": "low" },
            "notes.write": { "access": ["write"], "tier": "low", "reversible": true, "arguments": { "id": "string" } }
          },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "high",
              "grants": [ { "id": "read", "tools": "db.read" } ],
              "eligible": [
                { "id": "writing", "tools": "db.write", "access": ["write"], "where": { "arg.rows": { "under": 100 } }, "for": "00:15:00", "uses": 3, "approvers": ["role:sre"] },
                { "id": "notes", "tools": "notes.*", "access": ["write"], "for": "00:10:00", "uses": 2, "approvers": ["role:sre", "subject"] } ] },
            "helper": { "owner": "maria.ortiz@example.com", "tier": "high",
              "eligible": [ { "id": "notes", "tools": "notes.*", "access": ["write"], "for": "00:10:00", "uses": 2, "approvers": ["role:sre"] } ] }
          },
          "deny": [ { "id": "never-13", "tools": "db.write", "where": { "arg.rows": { "equals": 13 } } } ],
          "tiers": { "high": { "approval": "perCall", "approvers": ["role:sre"] } }
        }
        """;

    public static readonly ApproverIdentity Sre = new(new Principal("https://id.example", "ada"), ["sre"]);
    public static readonly ToolArguments Note = ToolArguments.FromJson("""{"id":"n1"}""");

    public static ApprovalResponse Yes(ApprovalRequest request) => ApprovalResponse.Approve(Sre, request.ShortDigest);

    public static async Task<string> NoteAsync(AgentSession session) => (await session.InvokeAsync("notes.write", Note, Words.Done)).Decision.Code;

    public static async Task<string> WriteAsync(AgentSession session, int rows) =>
        (await session.InvokeAsync("db.write", ToolArguments.FromJson(FormattableString.Invariant($$"""{"rows":{{rows}}}""")), Words.Done)).Decision.Code;

    public static GovernedHost Start(Action<GuardrailOptions>? configure = null) => GovernedHost.Start(Policy, Approving(configure));

    public static GovernedHost Start(Stores stores, Action<GuardrailOptions>? configure = null, bool ownSinkOnly = true) =>
        stores.Host(Policy, Approving(configure), ownSinkOnly);

    private static Action<GuardrailOptions> Approving(Action<GuardrailOptions>? configure) => o =>
    {
        o.Approver = new CallbackApprover(static (request, _) => new(Yes(request)));
        configure?.Invoke(o);
    };
}
