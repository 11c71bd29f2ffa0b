using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>Subscriptions to a server's resources, as calls of <c>resources/subscribe</c> with the argument <c>uri</c>: in the older revisions one request for each, in the newer ones a list in a request that no filter sees.</summary>
internal sealed class SubscriptionDoor
{
    private readonly Door _door;

    public SubscriptionDoor(ServerGuard guard)
    {
        _door = new(guard, RequestMethods.ResourcesSubscribe);
        Listening = next => (message, cancellationToken) => ListenAsync(next, message, cancellationToken);
    }

    public McpMessageFilter Listening { get; }

    public async ValueTask<EmptyResult> SubscribeAsync(McpRequestHandler<SubscribeRequestParams, EmptyResult> next, RequestContext<SubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        SubscribeRequestParams asked = request.Params ?? throw Door.NoParameters();
        string uri = asked.Uri;
        AgentSession session = _door.SessionOf(request) ?? throw ResourceDoor.Unknown(request.Server, uri);
        var run = new JudgedRun<SubscribeRequestParams, EmptyResult>(next, request, _ => new() { Uri = uri, Meta = asked.Meta }, static (judged, now) => judged.Uri == now.Uri, static _ => ToolResult.None);
        await _door.PassAsync(session, json => json.WriteString("uri"u8, uri), run, () => ResourceDoor.Unknown(request.Server, uri), cancellationToken);
        return run.Value!;
    }

    private async Task ListenAsync(McpMessageHandler next, MessageContext message, CancellationToken cancellationToken)
    {
        if (message.JsonRpcMessage is JsonRpcRequest { Method: RequestMethods.SubscriptionsListen, Params: JsonObject asked } && asked["notifications"] is JsonObject kinds && kinds["resourceSubscriptions"] is { } uris)
        {
            kinds["resourceSubscriptions"] = uris is JsonArray list ? await AllowedAsync(message, list, cancellationToken) : null;
        }

        await next(message, cancellationToken);
    }

    private async ValueTask<JsonArray> AllowedAsync(MessageContext message, JsonArray uris, CancellationToken cancellationToken)
    {
        var allowed = new JsonArray();
        AgentSession? session = _door.SessionOf(message);
        foreach (JsonNode? item in session is null ? [] : uris)
        {
            if (item is JsonValue value && value.TryGetValue(out string? uri) && await _door.AllowsAsync(session!, json => json.WriteString("uri"u8, uri), cancellationToken))
            {
                allowed.Add((JsonNode)uri);
            }
        }

        return allowed;
    }
}
