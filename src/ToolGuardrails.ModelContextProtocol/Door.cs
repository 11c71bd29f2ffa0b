using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>What a server offers besides tools. To the policy it is a tool of the same server, named like the protocol's method: without one it is closed.</summary>
internal sealed class Door(ServerGuard guard, string name)
{
    public static readonly string[] Names = [RequestMethods.PromptsGet, RequestMethods.ResourcesRead, RequestMethods.ResourcesSubscribe, RequestMethods.CompletionComplete];

    /// <summary>The SDK hands on a request that has no parameters as it is.</summary>
    public static McpProtocolException NoParameters() => new("The request has no parameters.", McpErrorCode.InvalidParams);

    /// <summary>Whose request it is; null where it is nobody's.</summary>
    public AgentSession? SessionOf(MessageContext request) => guard.SessionOf(request);

    /// <summary>Those items of a list for which a call of the door would not be denied.</summary>
    public async ValueTask<List<T>> ShownAsync<T>(AgentSession session, IEnumerable<T> items, Action<Utf8JsonWriter, T> arguments, CancellationToken cancellationToken)
    {
        var shown = new List<T>();
        ToolBinding binding = Bind(session);
        foreach (T item in binding.IsInScope ? items : [])
        {
            if ((await binding.EvaluateAsync(Arguments(session, json => arguments(json, item)), cancellationToken)).Effect != Effect.Deny)
            {
                shown.Add(item);
            }
        }

        return shown;
    }

    /// <summary>Goes through the door.</summary>
    /// <param name="session">Who goes.</param>
    /// <param name="arguments">Writes the members of the arguments.</param>
    /// <param name="run">What is behind it.</param>
    /// <param name="unknown">What a caller is told of something that isn't there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What passes of the result.</returns>
    /// <exception cref="McpProtocolException">The door is closed, or the call waits or was denied.</exception>
    public async ValueTask<ToolResult> PassAsync<TParams, TResult>(AgentSession session, Action<Utf8JsonWriter> arguments, JudgedRun<TParams, TResult> run, Func<McpProtocolException> unknown, CancellationToken cancellationToken)
    {
        bool isOpen = Bind(session).IsInScope;
        ToolOutcome<ToolResult> outcome = await InvokeAsync(session, arguments, run, cancellationToken);
        return outcome.TryGetValue(out ToolResult passed) ? passed
            : throw (isOpen || outcome.Executed ? new McpProtocolException(outcome.ToModelText(), McpErrorCode.InvalidRequest) : unknown());
    }

    /// <summary>The same for what has no way to say why not.</summary>
    public ValueTask<ToolOutcome<ToolResult>> InvokeAsync<TParams, TResult>(AgentSession session, Action<Utf8JsonWriter> arguments, JudgedRun<TParams, TResult> run, CancellationToken cancellationToken) =>
        Bind(session).InvokeAsync(Arguments(session, arguments), run, static (run, judged, cancellationToken) => run.InvokeAsync(judged, cancellationToken), cancellationToken: cancellationToken);

    /// <summary>Whether something that the server itself does later may be done.</summary>
    public async ValueTask<bool> AllowsAsync(AgentSession session, Action<Utf8JsonWriter> arguments, CancellationToken cancellationToken) =>
        (await Bind(session).InvokeAsync(Arguments(session, arguments), static (_, _) => default(ValueTask), cancellationToken)).HasValue;

    private ToolBinding Bind(AgentSession session) => session.Bind(guard.Options.Server, name);

    private static ToolArguments Arguments(AgentSession session, Action<Utf8JsonWriter> write) => session.ReadArguments(WrittenJson.Of(json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }));
}
