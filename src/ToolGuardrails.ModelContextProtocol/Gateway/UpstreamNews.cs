using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol.Gateway;

/// <summary>What the upstream says unasked: that a list has changed, and how far a call is. Nothing else of it reaches the client, and no more than fits into a small queue.</summary>
internal sealed class UpstreamNews
{
    private const string ProgressToken = "progressToken";

    private readonly Channel<JsonRpcNotification> _waiting = Channel.CreateBounded<JsonRpcNotification>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<string, int> _expected = new(StringComparer.Ordinal);
    private McpServer? _server;

    public UpstreamNews(McpUpstream upstream, UpstreamTools tools)
    {
        Listening = next => (message, cancellationToken) =>
        {
            Volatile.Write(ref _server, message.Server);
            return next(message, cancellationToken);
        };
        foreach (string method in (string[])[NotificationMethods.ToolListChangedNotification, NotificationMethods.PromptListChangedNotification, NotificationMethods.ResourceListChangedNotification])
        {
            upstream.Client.RegisterNotificationHandler(method, (_, _) =>
            {
                tools.Change();
                _waiting.Writer.TryWrite(new JsonRpcNotification { Method = method });
                return default;
            });
        }

        upstream.Client.RegisterNotificationHandler(NotificationMethods.ProgressNotification, (told, _) =>
        {
            if (told.Params is JsonObject progress && progress[ProgressToken]?.ToJsonString() is { } token && _expected.ContainsKey(token))
            {
                _waiting.Writer.TryWrite(new JsonRpcNotification { Method = NotificationMethods.ProgressNotification, Params = progress.DeepClone() });
            }

            return default;
        });
        _ = Task.Run(TellAsync);
    }

    public McpMessageFilter Listening { get; }

    /// <summary>The progress token of a call, and nothing else of its <c>_meta</c>; null for none.</summary>
    public static JsonObject? ProgressOf(RequestParams asked) => asked.Meta?[ProgressToken] is { } token ? new JsonObject { [ProgressToken] = token.DeepClone() } : null;

    /// <summary>Lets progress of a call pass while it runs; null where its caller wants none.</summary>
    public IDisposable? Expect(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params.Meta?[ProgressToken]?.ToJsonString() is not { } token)
        {
            return null;
        }

        _expected.AddOrUpdate(token, 1, static (_, count) => count + 1);
        return new Expected(() =>
        {
            if (_expected.AddOrUpdate(token, 0, static (_, count) => count - 1) <= 0)
            {
                _expected.TryRemove(new KeyValuePair<string, int>(token, 0));
            }
        });
    }

    private async Task TellAsync()
    {
        await foreach (JsonRpcNotification told in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                if (Volatile.Read(ref _server) is { } server)
                {
                    await server.SendMessageAsync(told).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException or JsonException)
            {
                // The client has gone, or takes no such news.
            }
        }
    }

    private sealed class Expected(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
