using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol.Gateway;

/// <summary>The handlers that ask the upstream, behind the guardrails.</summary>
internal sealed class Forwarder : IConfigureOptions<McpServerOptions>
{
    private readonly McpUpstream _upstream;
    private readonly UpstreamTools _tools;
    private readonly UpstreamNews _news;

    public Forwarder(McpUpstream upstream, ServerGuard guard)
    {
        _upstream = upstream;
        _tools = new UpstreamTools(upstream, guard);
        _news = new UpstreamNews(upstream, _tools);
    }

    public void Configure(McpServerOptions options)
    {
        McpClient upstream = _upstream.Client;
        ServerCapabilities offered = upstream.ServerCapabilities;
        options.ServerInfo ??= McpUpstream.Own;
        options.Capabilities ??= new ServerCapabilities();
        McpServerHandlers handlers = options.Handlers;
        options.Filters.Message.IncomingFilters.Add(_tools.BeforeCalls);
        options.Filters.Message.IncomingFilters.Add(_news.Listening);
        handlers.ListToolsHandler = Plain<ListToolsRequestParams, ListToolsResult>(static p => new ListToolsRequestParams { Cursor = p?.Cursor }, upstream.ListToolsAsync);
        handlers.CallToolHandler = CallAsync;
        options.Capabilities.Tools = new ToolsCapability { ListChanged = true };
        if (offered.Prompts is not null)
        {
            handlers.ListPromptsHandler = Plain<ListPromptsRequestParams, ListPromptsResult>(static p => new ListPromptsRequestParams { Cursor = p?.Cursor }, upstream.ListPromptsAsync);
            handlers.GetPromptHandler = Plain<GetPromptRequestParams, GetPromptResult>(static p => new GetPromptRequestParams { Name = p.Name, Arguments = p.Arguments }, upstream.GetPromptAsync);
            options.Capabilities.Prompts = new PromptsCapability { ListChanged = true };
        }

        if (offered.Resources is not null)
        {
            handlers.ListResourcesHandler = Plain<ListResourcesRequestParams, ListResourcesResult>(static p => new ListResourcesRequestParams { Cursor = p?.Cursor }, upstream.ListResourcesAsync);
            handlers.ListResourceTemplatesHandler = Plain<ListResourceTemplatesRequestParams, ListResourceTemplatesResult>(static p => new ListResourceTemplatesRequestParams { Cursor = p?.Cursor }, upstream.ListResourceTemplatesAsync);
            handlers.ReadResourceHandler = Plain<ReadResourceRequestParams, ReadResourceResult>(static p => new ReadResourceRequestParams { Uri = p.Uri }, upstream.ReadResourceAsync);
            options.Capabilities.Resources = new ResourcesCapability { ListChanged = true };
        }

        if (offered.Completions is not null)
        {
            handlers.CompleteHandler = Plain<CompleteRequestParams, CompleteResult>(static p => new CompleteRequestParams { Ref = p.Ref, Argument = p.Argument, Context = p.Context }, upstream.CompleteAsync);
        }
    }

    private async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        using IDisposable? progress = _news.Expect(request);
        return await AskAsync(
            token => UpstreamCall.CallAsync(_upstream.Client, new CallToolRequestParams { Name = request.Params.Name, Arguments = request.Params.Arguments, Meta = UpstreamNews.ProgressOf(request.Params) }, token),
            cancellationToken).ConfigureAwait(false);
    }

    private McpRequestHandler<TParams, TResult> Plain<TParams, TResult>(Func<TParams, TParams> only, Func<TParams, CancellationToken, ValueTask<TResult>> ask) =>
        (request, cancellationToken) => AskAsync(token => ask(only(request.Params), token), cancellationToken);

    // Whatever the upstream does, the client is told a sentence of ours, or the upstream's own error.
    private async ValueTask<TResult> AskAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> ask, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _upstream.Dropped);
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new McpException("The server behind the gateway sent a message that was too long and was dropped. It may have been the answer to this request, which may have run.", e);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
            throw new McpException("The server behind the gateway has ended. If it had this request before, it may have run.", e);
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new McpException("The server behind the gateway answered with something else than the protocol has. The request may have run.", e);
        }
    }
}
