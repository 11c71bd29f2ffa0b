namespace ToolGuardrails.Policy;

/// <summary>The member names of policy v1, object by object. A name that isn't here is an error; a test holds guardrails.schema.json to the same lists.</summary>
internal static class PolicyMembers
{
    public static readonly string[] Top = ["$schema", "version", "name", "facts", "servers", "tools", "agents", "risks", "deny", "tiers"];
    public static readonly string[] Server = ["trusted", "facts"];
    public static readonly string[] Tool =
    [
        "server", "name", "access", "tier", "reversible", "assigned", "arguments", "facts", "labels", "risks", "redact", "touches", "definition", "budget",
    ];

    public static readonly string[] Assigned = ["by", "why", "review"];
    public static readonly string[] Budget = ["calls", "per"];
    public static readonly string[] Agent = ["owner", "useCase", "tier", "enforcement", "requirePrompt", "budget", "review", "grants", "eligible", "deny"];
    public static readonly string[] Grant = ["id", "tools", "access", "where", "fields", "credential"];
    public static readonly string[] Eligible = ["id", "tools", "access", "where", "for", "uses", "approvers"];
    public static readonly string[] Deny = ["id", "tools", "access", "where", "says"];
    public static readonly string[] Risk = ["id", "tools", "access", "when", "tier", "says"];
    public static readonly string[] ToolRisk = ["id", "when", "tier", "says"];
    public static readonly string[] Tiers = ["low", "medium", "high"];
    public static readonly string[] Tier = ["approval", "approvers", "expires", "quorum", "escalate", "comment"];
    public static readonly string[] Escalate = ["after", "to"];
    public static readonly string[] Operators =
    [
        "equals", "in", "startsWith", "endsWith", "over", "under", "between", "within", "host", "address", "exists",
    ];

    /// <summary>The facts that the pipeline itself states; a policy can't give them another value.</summary>
    public static readonly string[] ReservedFacts = ["agent", "subject", "tenant", "session", "tool", "server", "access"];
}
