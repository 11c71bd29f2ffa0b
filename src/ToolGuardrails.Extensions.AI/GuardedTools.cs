using Microsoft.Extensions.AI;
using ToolGuardrails.Extensions.AI;

namespace ToolGuardrails;

/// <summary>Puts the pipeline around tools of Microsoft.Extensions.AI.</summary>
public static class GuardedTools
{
    /// <summary>Guards tools for one session. A tool that is guarded for it already stays as it is; one that is guarded without a session gets this one.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="session">Who runs. Nothing in a chat can choose another one.</param>
    /// <param name="server">The server that offers them, as the policy has it; null for the host's own.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="NotSupportedException">A tool runs where nobody here can stop it.</exception>
    /// <exception cref="InvalidOperationException">A tool is guarded for another session.</exception>
    public static IList<AITool> WithGuardrails(this IEnumerable<AITool> tools, AgentSession session, string? server = null, GuardedToolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Guard(tools, session, server, options);
    }

    /// <summary>Guards tools for the session that <see cref="AmbientSession"/> has when they are called. Without one, each call is denied.</summary>
    /// <inheritdoc cref="WithGuardrails(IEnumerable{AITool}, AgentSession, string?, GuardedToolOptions?)"/>
    public static IList<AITool> WithGuardrails(this IEnumerable<AITool> tools, string? server = null, GuardedToolOptions? options = null) =>
        Guard(tools, session: null, server, options);

    /// <summary>Guards one function for one session. One that is guarded for it already stays as it is; one that is guarded without a session gets this one.</summary>
    /// <param name="function">The function.</param>
    /// <param name="session">Who runs. Nothing in a chat can choose another one.</param>
    /// <param name="server">The server that offers it, as the policy has it; null for the host's own.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The function is guarded for another session.</exception>
    public static AIFunction WithGuardrails(this AIFunction function, AgentSession session, string? server = null, GuardedToolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(session);
        return Guard(function, session, server, options ?? new());
    }

    private static List<AITool> Guard(IEnumerable<AITool> tools, AgentSession? session, string? server, GuardedToolOptions? options)
    {
        ArgumentNullException.ThrowIfNull(tools);
        options ??= new();
        return [.. tools.Select(t => t is AIFunction function ? Guard(function, session, server, options) : Unguarded(t, options))];
    }

    private static AIFunction Guard(AIFunction function, AgentSession? session, string? server, GuardedToolOptions options)
    {
        if (function.GetService<GuardedFunction>() is not { } guarded)
        {
            return new GuardedFunction(function, session, server, options);
        }

        AgentSession? bound = guarded.Session ?? function.GetService<BoundFunction>()?.Session;
        return session is null || bound == session ? function
            : bound is null ? new BoundFunction(function, session)
            : throw new InvalidOperationException($"The function '{function.Name}' is guarded for the session '{bound.Id}' and can't be used in '{session.Id}'; guard the function itself anew for each session.");
    }

    private static AITool Unguarded(AITool tool, GuardedToolOptions options)
    {
        if (options.LetPass is not { } told)
        {
            throw new NotSupportedException($"The tool '{tool.Name}' ({tool.GetType().Name}) can't be guarded: it runs at the provider, or the loop hands its calls to somebody else. Use a function in its place, call AgentSession.AuthorizeAsync where it runs, or set GuardedToolOptions.LetPass to let it pass unguarded.");
        }

        told(tool);
        return tool;
    }
}
