using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Conditions;

/// <summary>One condition in its three places: in a grant, in a deny, and in a risk. What each does with a call shows whether it holds, doesn't, or can't be known.</summary>
internal sealed class ConditionHost : IAsyncDisposable
{
    private const string Tool = """
        "access": ["read"], "tier": "low", "arguments": { "text": "string?", "count": "integer?", "price": "number?", "flag": "boolean?", "obj": "object?", "list": "array?",
            "x": "any?", "texts": "string[]?", "counts": "integer[]?", "prices": "number[]?", "flags": "boolean[]?", "objs": "object[]?" },
            "facts": { "environment": "production", "limit": 5, "live": true }
        """;

    private readonly GovernedHost _host;
    private readonly AgentSession _granted;
    private readonly AgentSession _forbidden;

    public ConditionHost(string where, string? tenant = null, Principal? subject = null)
    {
        _host = GovernedHost.Start($$"""
            { "version": 1, "name": "one condition",
              "servers": { "s": {} },
              "tools": {
                "judged": { "server": "s", {{Tool}} },
                "risky": { "server": "s", {{Tool}}, "risks": [ { "id": "r", "when": {{where}}, "tier": "medium" } ] } },
              "agents": {
                "granted": { "owner": "Ada", "tier": "medium", "grants": [ { "id": "g", "tools": "judged", "where": {{where}} } ] },
                "forbidden": { "owner": "Ada", "tier": "medium", "grants": [ { "id": "all", "tools": "*" } ], "deny": [ { "id": "d", "tools": "judged", "where": {{where}} } ] } },
              "tiers": { "medium": { "approval": "review", "approvers": ["role:lead"] } } }
            """);
        _granted = _host.Pipeline.StartSession("granted", subject, tenant, "s-1");
        _forbidden = _host.Pipeline.StartSession("forbidden", subject, tenant, "s-1");
    }

    public async Task<bool> GrantMatchesAsync(string arguments) => await EffectAsync(_granted, "judged", arguments) == Effect.Allow;

    public async Task<bool> DenyMatchesAsync(string arguments) => await EffectAsync(_forbidden, "judged", arguments) == Effect.Deny;

    public async Task<bool> RiskMatchesAsync(string arguments) => await EffectAsync(_forbidden, "risky", arguments) == Effect.RequireApproval;

    /// <summary>The truth of a condition that looks at no list: unknown doesn't match in a grant, and matches in a deny and in a risk.</summary>
    public async Task<Truth> TruthAsync(string arguments)
    {
        bool grant = await GrantMatchesAsync(arguments);
        bool deny = await DenyMatchesAsync(arguments);
        Assert.Equal(deny, await RiskMatchesAsync(arguments));
        Assert.False(grant && !deny, $"A grant matches and a deny with the same condition doesn't: {arguments}");
        return grant ? Truth.True : deny ? Truth.Unknown : Truth.False;
    }

    public static async Task AssertTruthAsync(string where, string arguments, char expected)
    {
        await using var host = new ConditionHost(where);
        Assert.Equal(Of(expected), await host.TruthAsync(arguments));
    }

    public static Truth Of(char word) => word switch { 'T' => Truth.True, 'F' => Truth.False, _ => Truth.Unknown };

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static async Task<Effect> EffectAsync(AgentSession session, string tool, string arguments)
    {
        Decision decision = await session.EvaluateAsync(tool, ToolArguments.FromJson(arguments));

        // Arguments that were refused would make every condition look like one that can't be known.
        Assert.Contains(decision.Code, new[] { DecisionCodes.Allowed, DecisionCodes.ScopeDenied, DecisionCodes.ScopeNoGrant, DecisionCodes.ApprovalRequired });
        return decision.Effect;
    }
}
