namespace ToolGuardrails;

/// <summary>A call that nobody makes: what would the policy say to it?</summary>
public sealed class PolicyQuestion
{
    /// <summary>The agent that would make the call. A name that the policy doesn't know is no error: the call is denied.</summary>
    public required string Agent { get; init; }

    /// <summary>The agents above it, from the one that started its session up to the root's. None by default.</summary>
    public IReadOnlyList<string> Ancestors { get; init; } = [];

    /// <summary>The tool's id. One that the policy doesn't know is no error: the call is denied.</summary>
    public required string Tool { get; init; }

    /// <summary>The arguments; <c>{}</c> by default. Those of <see cref="AgentSession.ReadArguments(ReadOnlySpan{byte})"/> stay good for their call.</summary>
    public ToolArguments Arguments { get; init; } = ToolArguments.Empty;

    /// <summary>The person that the agent acts for; null, the default, where it is nobody in particular.</summary>
    public Principal? Subject { get; init; }

    /// <summary>The tenant; null, the default, where there is none.</summary>
    public string? Tenant { get; init; }

    /// <summary>The session's id, which <c>ctx.session</c> is. Null, the default, for the text <c>session</c>.</summary>
    public string? SessionId { get; init; }
}
