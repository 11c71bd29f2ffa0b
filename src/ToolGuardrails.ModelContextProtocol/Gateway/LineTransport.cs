using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.ModelContextProtocol.Gateway;

/// <summary>JSON-RPC in lines over two streams, with bounds that the SDK's own transports don't have: on the length of a message, on messages that wait, and on requests that aren't answered yet.</summary>
internal sealed class LineTransport : ITransport, IClientTransport
{
    private const int MostWaiting = 64;
    private const int TooMany = -32000;

    private static readonly JsonTypeInfo<JsonRpcMessage> Contract = (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly Channel<JsonRpcMessage> _messages = Channel.CreateBounded<JsonRpcMessage>(MostWaiting);
    private readonly ConcurrentDictionary<RequestId, byte> _open = new();
    private readonly ConcurrentDictionary<RequestId, byte> _asked = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _over = new();
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly LineReader _lines;
    private readonly int _mostOpen;
    private readonly Action<string> _report;
    private volatile bool _ended;

    /// <summary>Begins to read.</summary>
    /// <param name="input">What the other side writes.</param>
    /// <param name="output">What it reads.</param>
    /// <param name="longest">How many bytes a message may have.</param>
    /// <param name="mostOpen">How many of the other side's requests may be open at once.</param>
    /// <param name="report">Is told of what was dropped. Never of its content.</param>
    /// <param name="droppedLong">Runs after a message that was too long has been dropped: which one it was nobody knows.</param>
    public LineTransport(Stream input, Stream output, int longest, int mostOpen, Action<string> report, Action? droppedLong = null)
    {
        _input = input;
        _output = output;
        _lines = new LineReader(input, longest);
        _mostOpen = mostOpen;
        _report = report;
        _ = Task.Run(() => ReadAsync(longest, droppedLong));
    }

    public string Name => "lines";

    public string? SessionId => null;

    public ChannelReader<JsonRpcMessage> MessageReader => _messages.Reader;

    public Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default) => Task.FromResult<ITransport>(this);

    public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        switch (message)
        {
            case JsonRpcRequest request:
                _asked[request.Id] = 0;
                break;
            case JsonRpcMessageWithId answer:
                _open.TryRemove(answer.Id, out _);
                break;
            case JsonRpcNotification { Method: NotificationMethods.CancelledNotification } cancelled when CancelledBy(cancelled) is { } id:
                _asked.TryRemove(id, out _);
                break;
        }

        // Nobody would answer, and the SDK would wait for ever.
        if (_ended)
        {
            throw new IOException("The other side has ended.");
        }

        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(message, Contract), (byte)'\n'];
        await WriteAsync(line, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);

        // A read of a pipe doesn't hear of a cancellation; the end of the stream does.
        await _output.DisposeAsync().ConfigureAwait(false);
        await _input.DisposeAsync().ConfigureAwait(false);
        _messages.Writer.TryComplete();
    }

    private async Task ReadAsync(int longest, Action? droppedLong)
    {
        Exception? failure = null;
        try
        {
            while (await _lines.ReadAsync(_over.Token).ConfigureAwait(false) is var (line, isTooLong))
            {
                if (isTooLong)
                {
                    _report($"A message of more than {longest} bytes was dropped.");
                    droppedLong?.Invoke();
                }
                else if (line.Span.Trim("\r\t "u8).Length > 0)
                {
                    await TakeAsync(line).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            // Whatever it is, nobody may go on waiting for a message.
            failure = e is OperationCanceledException or ObjectDisposedException or ChannelClosedException ? null : e;
        }

        _ended = true;
        _messages.Writer.TryComplete(failure);
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> line)
    {
        JsonRpcMessage? message = Parse(line.Span);
        switch (message)
        {
            case null:
                _report("A line that is no message was dropped.");
                return;
            case JsonRpcRequest request when _open.ContainsKey(request.Id):
                _report("A request was dropped, because its id is one of a request that isn't answered yet.");
                return;
            case JsonRpcRequest request when _open.Count >= _mostOpen:
                _report($"A request was refused, because {_mostOpen} others aren't answered yet.");
                await SendMessageAsync(new JsonRpcError { Id = request.Id, Error = new JsonRpcErrorDetail { Code = TooMany, Message = "Too many requests at once" } }, _over.Token).ConfigureAwait(false);
                return;
            case JsonRpcRequest request:
                _open[request.Id] = 0;
                break;
            case JsonRpcMessageWithId answer when !_asked.TryRemove(answer.Id, out _):
                // The SDK handles messages side by side, so of two answers the second might win.
                _report("An answer was dropped, because nothing with its id is waiting for one.");
                return;
            case JsonRpcNotification { Method: NotificationMethods.CancelledNotification } cancelled when CancelledBy(cancelled) is { } id:
                // What was cancelled is never answered.
                _open.TryRemove(id, out _);
                break;
        }

        await _messages.Writer.WriteAsync(message, _over.Token).ConfigureAwait(false);
    }

    private static RequestId? CancelledBy(JsonRpcNotification cancelled)
    {
        try
        {
            return cancelled.Params?.Deserialize((JsonTypeInfo<CancelledNotificationParams>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CancelledNotificationParams)))?.RequestId;
        }
        catch (Exception e) when (IsOfContent(e))
        {
            return null;
        }
    }

    private static JsonRpcMessage? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, Contract);
        }
        catch (Exception e) when (IsOfContent(e))
        {
            return null;
        }
    }

    private static bool IsOfContent(Exception e) => e is JsonException or InvalidOperationException or NotSupportedException or ArgumentException or FormatException or OverflowException or NullReferenceException;

    private async Task WriteAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _output.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The connection is closed.", e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
