using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI.Tests.Kit;

/// <summary>A model that says what the test has written down, one response after the other, and then "done".</summary>
internal sealed class ScriptedModel(params AIContent[][] script) : IChatClient
{
    private int _next;

    /// <summary>What it was sent, request by request.</summary>
    public List<ChatMessage[]> Seen { get; } = [];

    public List<ChatOptions?> Options { get; } = [];

    /// <summary>The results that it has read, in order.</summary>
    public IReadOnlyList<FunctionResultContent> Results => [.. Seen[^1].SelectMany(static m => m.Contents).OfType<FunctionResultContent>()];

    public static FunctionCallContent Call(string id, string name, string json = "{}") =>
        new(id, name, System.Text.Json.JsonElement.Parse(json).EnumerateObject().ToDictionary(static m => m.Name, static m => (object?)m.Value));

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        Seen.Add([.. messages]);
        Options.Add(options);
        AIContent[] says = _next < script.Length ? script[_next] : [new TextContent("do"), new TextContent("ne")];
        string id = FormattableString.Invariant($"m{_next++}");
        foreach (AIContent content in says)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]) { MessageId = id };
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
