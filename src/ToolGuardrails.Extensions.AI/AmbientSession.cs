namespace ToolGuardrails;

/// <summary>The session for tools that were guarded without one, such as those of an agent that is made once and serves many people. It flows with the asynchronous calls of whoever sets it, and never replaces a session that a tool has.</summary>
/// <remarks>Law 8: only the host's code can set it; nothing in a chat reaches it.</remarks>
public static class AmbientSession
{
    private static readonly AsyncLocal<AgentSession?> Flowing = new();

    internal static AgentSession? Current => Flowing.Value;

    /// <summary>Sets it until the result is disposed.</summary>
    /// <param name="session">The session.</param>
    public static IDisposable Use(AgentSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var scope = new Scope(Flowing.Value);
        Flowing.Value = session;
        return scope;
    }

    private sealed class Scope(AgentSession? before) : IDisposable
    {
        public void Dispose() => Flowing.Value = before;
    }
}
