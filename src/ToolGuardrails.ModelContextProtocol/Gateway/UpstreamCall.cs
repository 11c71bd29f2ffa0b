using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.ModelContextProtocol.Gateway;

/// <summary>One call of an upstream's tool, under an id of the gateway's own: a caller's cancellation reaches the upstream whether or not the SDK's client gets round to it.</summary>
internal static class UpstreamCall
{
    private static readonly JsonTypeInfo<CallToolRequestParams> Parameters = (JsonTypeInfo<CallToolRequestParams>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolRequestParams));
    private static readonly JsonTypeInfo<CallToolResult> Result = (JsonTypeInfo<CallToolResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult));
    private static readonly JsonTypeInfo<CancelledNotificationParams> Cancelled = (JsonTypeInfo<CancelledNotificationParams>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CancelledNotificationParams));
    private static long _last;

    public static async ValueTask<CallToolResult> CallAsync(McpClient upstream, CallToolRequestParams call, CancellationToken cancellationToken)
    {
        var request = new JsonRpcRequest { Id = new RequestId(string.Create(CultureInfo.InvariantCulture, $"call-{Interlocked.Increment(ref _last)}")), Method = RequestMethods.ToolsCall, Params = JsonSerializer.SerializeToNode(call, Parameters) };
        try
        {
            JsonRpcResponse response = await upstream.SendRequestAsync(request, cancellationToken).ConfigureAwait(false);
            return response.Result is JsonObject result && result["resultType"]?.ToJsonString() is null or "\"complete\"" && response.Result.Deserialize(Result) is { } read
                ? read
                : throw new McpException("The server behind the gateway asked its client for something, and that is closed. The call may have run in part.");
        }
        catch (OperationCanceledException)
        {
            await TellAsync(upstream, request.Id).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task TellAsync(McpClient upstream, RequestId call)
    {
        try
        {
            await upstream.SendMessageAsync(new JsonRpcNotification { Method = NotificationMethods.CancelledNotification, Params = JsonSerializer.SerializeToNode(new CancelledNotificationParams { RequestId = call }, Cancelled) }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // It has ended, and so has the call.
        }
    }
}
