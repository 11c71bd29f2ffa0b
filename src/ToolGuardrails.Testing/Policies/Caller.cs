namespace ToolGuardrails.Testing.Policies;

/// <summary>Who calls, and under which circumstances.</summary>
internal sealed record Caller(GuardrailPolicy Policy, string Agent)
{
    /// <summary>The agents above it, from the one that started its session up to the root's.</summary>
    public IReadOnlyList<string> Ancestors { get; init; } = [];

    public Principal? Subject { get; init; }

    public string? Tenant { get; init; }

    public string SessionId { get; init; } = "session";

    public IReadOnlyList<IToolGuard> Guards { get; init; } = [];
}
