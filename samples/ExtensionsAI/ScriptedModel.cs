using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ExtensionsAI;

/// <summary>Stands in for a provider's client, so that the sample needs neither a network nor a key.</summary>
internal sealed class ScriptedModel : IChatClient
{
    private static readonly AIContent[][] Script =
    [
        [Call("c1", "orders_get", """{"id":1007}"""), Call("c2", "orders_purge", "{}"), Call("c3", "refunds_create", """{"order":1007,"amount":120.50}""")],
        [new TextContent("The order is late. I may not clean up, and the refund waits for your approval.")],
        [new TextContent("The refund is made.")],
    ];

    private int _next;

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. Script[_next++]])));

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static FunctionCallContent Call(string id, string name, string json) =>
        new(id, name, JsonElement.Parse(json).EnumerateObject().ToDictionary(m => m.Name, m => (object?)m.Value));
}
