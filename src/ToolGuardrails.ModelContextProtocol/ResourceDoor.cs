using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>A server's resources, as calls of <c>resources/read</c> with the argument <c>uri</c>.</summary>
internal sealed class ResourceDoor(ServerGuard guard)
{
    private readonly Door _door = new(guard, RequestMethods.ResourcesRead);

    public async ValueTask<ListResourcesResult> ListAsync(McpRequestHandler<ListResourcesRequestParams, ListResourcesResult> next, RequestContext<ListResourcesRequestParams> request, CancellationToken cancellationToken)
    {
        AgentSession? session = _door.SessionOf(request);
        ListResourcesResult listed = session is null ? new() : await next(request, cancellationToken);
        return new()
        {
            Resources = session is null ? [] : await _door.ShownAsync(session, listed.Resources, static (json, r) => json.WriteString("uri"u8, r.Uri), cancellationToken),
            NextCursor = listed.NextCursor,
            Meta = listed.Meta,
            TimeToLive = listed.TimeToLive,
            CacheScope = CacheScope.Private,
        };
    }

    // A template stands for the URIs that begin like it, and is judged as one of them.
    public async ValueTask<ListResourceTemplatesResult> ListTemplatesAsync(McpRequestHandler<ListResourceTemplatesRequestParams, ListResourceTemplatesResult> next, RequestContext<ListResourceTemplatesRequestParams> request, CancellationToken cancellationToken)
    {
        AgentSession? session = _door.SessionOf(request);
        ListResourceTemplatesResult listed = session is null ? new() : await next(request, cancellationToken);
        return new()
        {
            ResourceTemplates = session is null ? [] : await _door.ShownAsync(session, listed.ResourceTemplates, static (json, t) => json.WriteString("uri"u8, t.UriTemplate), cancellationToken),
            NextCursor = listed.NextCursor,
            Meta = listed.Meta,
            TimeToLive = listed.TimeToLive,
            CacheScope = CacheScope.Private,
        };
    }

    public async ValueTask<ReadResourceResult> ReadAsync(McpRequestHandler<ReadResourceRequestParams, ReadResourceResult> next, RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken)
    {
        ReadResourceRequestParams asked = request.Params ?? throw Door.NoParameters();
        AgentSession session = _door.SessionOf(request) ?? throw Unknown(request.Server, asked.Uri);
        var run = new JudgedRun<ReadResourceRequestParams, ReadResourceResult>(next, request, judged => Judged(asked, judged), static (judged, now) => judged.Uri == now.Uri, Read);
        ToolResult passed = await _door.PassAsync(session, json => json.WriteString("uri"u8, asked.Uri), run, () => Unknown(request.Server, asked.Uri), cancellationToken);
        return run.IsWhole(passed) ? run.Value!
            : new() { Contents = [new TextResourceContents { Uri = asked.Uri, MimeType = "application/json", Text = Encoding.UTF8.GetString(passed.Utf8.Span) }], CacheScope = CacheScope.Private };
    }

    /// <summary>As the SDK says it of a resource that isn't there, which differs between revisions.</summary>
    public static McpProtocolException Unknown(McpServer server, string uri) =>
        new($"Unknown resource URI: '{uri}'", string.CompareOrdinal(server.NegotiatedProtocolVersion, "2026-07-28") >= 0 ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound);

    private static ReadResourceRequestParams Judged(ReadResourceRequestParams asked, ToolArguments judged) =>
        new() { Uri = judged.ToJsonElement().GetProperty("uri"u8).GetString()!, Meta = asked.Meta, InputResponses = asked.InputResponses, RequestState = asked.RequestState };

    private static ToolResult Read(ReadResourceResult result) =>
        !result.Contents.All(static c => c is TextResourceContents) ? default
        : result is { Meta: null or { Count: 0 }, Contents: [TextResourceContents { Meta: null } text] } ? ToolResult.FromText(text.Text)
        : ToolResult.FromJson(JsonSerializer.SerializeToElement(result, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ReadResourceResult))));
}
