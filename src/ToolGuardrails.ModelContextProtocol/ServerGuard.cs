using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>Puts the doors into a server's options after everything else has been configured, and refuses a server in which something stands around them.</summary>
internal sealed class ServerGuard : IPostConfigureOptions<McpServerOptions>, IValidateOptions<McpServerOptions>
{
    private readonly GuardrailPipeline _pipeline;
    private readonly Func<MessageContext, AgentSession?> _sessionOf;
    private readonly Placed[] _placed;

    public ServerGuard(GuardrailPipeline pipeline, Func<MessageContext, AgentSession?> sessionOf, HintGuard hints, GuardedServerOptions options, ILogger logger)
    {
        _pipeline = pipeline;
        _sessionOf = sessionOf;
        Options = options;
        Logger = logger;
        Definitions = new ToolDefinitions(options.Server, hints, logger);
        var tools = new ToolDoor(this);
        var prompts = new PromptDoor(this);
        var resources = new ResourceDoor(this);
        var subscriptions = new SubscriptionDoor(this);
        var completions = new CompletionDoor(this);
        _placed =
        [
            Outermost(static f => f.ListToolsFilters, next => (request, cancellationToken) => tools.ListAsync(next, request, cancellationToken)),
            Around(static f => f.CallToolFilters, next => (request, cancellationToken) => tools.CallAsync(next, request, cancellationToken)),
            Outermost(static f => f.ListPromptsFilters, next => (request, cancellationToken) => prompts.ListAsync(next, request, cancellationToken)),
            Around(static f => f.GetPromptFilters, next => (request, cancellationToken) => prompts.GetAsync(next, request, cancellationToken)),
            Outermost(static f => f.ListResourcesFilters, next => (request, cancellationToken) => resources.ListAsync(next, request, cancellationToken)),
            Outermost(static f => f.ListResourceTemplatesFilters, next => (request, cancellationToken) => resources.ListTemplatesAsync(next, request, cancellationToken)),
            Around(static f => f.ReadResourceFilters, next => (request, cancellationToken) => resources.ReadAsync(next, request, cancellationToken)),
            Around(static f => f.SubscribeToResourcesFilters, next => (request, cancellationToken) => subscriptions.SubscribeAsync(next, request, cancellationToken)),
            Around(static f => f.CompleteFilters, next => (request, cancellationToken) => completions.CompleteAsync(next, request, cancellationToken)),
            new(o => o.Filters.Message.IncomingFilters.Add(subscriptions.Listening), o => o.Filters.Message.IncomingFilters.LastOrDefault() == subscriptions.Listening),
        ];
    }

    public GuardedServerOptions Options { get; }

    public ILogger Logger { get; }

    /// <summary>What the server's tools say of themselves. They are shown when they are listed and when one of the server's own is called; whoever gets them from elsewhere shows them here.</summary>
    public ToolDefinitions Definitions { get; }

    /// <summary>Whose request it is; null where the host says nobody's.</summary>
    /// <exception cref="InvalidOperationException">The session is of a pipeline that the server's services don't have.</exception>
    public AgentSession? SessionOf(MessageContext request)
    {
        if (_sessionOf(request) is not { } session)
        {
            Log.NoSession(Logger, (request.JsonRpcMessage as JsonRpcRequest)?.Method ?? "");
            return null;
        }

        return session.Pipeline == _pipeline
            ? session
            : throw new InvalidOperationException($"The session '{session.Id}' belongs to another pipeline than the server's, which wouldn't know what servers say of their tools; start sessions on the GuardrailPipeline of the server's services.");
    }

    public void PostConfigure(string? name, McpServerOptions options)
    {
        foreach (Placed placed in _placed)
        {
            placed.Place(options);
        }
    }

    public ValidateOptionsResult Validate(string? name, McpServerOptions options)
    {
        if (!Array.TrueForAll(_placed, p => p.Stands(options)))
        {
            return ValidateOptionsResult.Fail("A filter was put around the guardrails by a later PostConfigure, and could let calls pass that nobody has decided; add filters with WithRequestFilters or Configure, which run before.");
        }

        return ForeignMethods.Refuse(options, Options.LetPass) is { } failure ? ValidateOptionsResult.Fail(failure) : ValidateOptionsResult.Success;
    }

    // Around everything that the host has added: a filter of its own that catches everything would swallow the question to the client.
    private static Placed Outermost<TParams, TResult>(Func<McpRequestFilters, IList<McpRequestFilter<TParams, TResult>>> list, McpRequestFilter<TParams, TResult> filter) =>
        new(o => list(o.Filters.Request).Insert(0, filter), o => list(o.Filters.Request).FirstOrDefault() == filter);

    // The same, and the last thing before the handler, where what is about to run has to be what was judged.
    private static Placed Around<TParams, TResult>(Func<McpRequestFilters, IList<McpRequestFilter<TParams, TResult>>> list, McpRequestFilter<TParams, TResult> filter)
    {
        McpRequestFilter<TParams, TResult> last = static next => (request, cancellationToken) => JudgedRun<TParams, TResult>.Enter(request) is { } mistake
            ? throw new InvalidOperationException(mistake)
            : next(request, cancellationToken);
        Placed outermost = Outermost(list, filter);
        return new(
            o =>
            {
                outermost.Place(o);
                list(o.Filters.Request).Add(last);
            },
            o => outermost.Stands(o) && list(o.Filters.Request).Last() == last);
    }

    private sealed record Placed(Action<McpServerOptions> Place, Func<McpServerOptions, bool> Stands);
}
