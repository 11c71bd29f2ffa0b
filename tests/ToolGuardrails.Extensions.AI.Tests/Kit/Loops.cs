using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI.Tests.Kit;

/// <summary>The loops under which everything has to hold: one that states its rules, and the client that they are taken from; with and without streaming.</summary>
internal static class Loops
{
    public static TheoryData<string> All() => ["stated", "stated, streaming", "real", "real, streaming"];

    public static IChatClient Around(string loop, IChatClient model, bool concurrent = false) => loop.StartsWith("real", StringComparison.Ordinal)
        ? new FunctionInvokingChatClient(model) { AllowConcurrentInvocation = concurrent }
        : new FunctionLoop(model, concurrent);

    /// <summary>The id of the call inside of which this is read.</summary>
    public static string? CallId() => FunctionLoop.Current?.CallId ?? FunctionInvokingChatClient.CurrentContext?.CallContent.CallId;

    public static async Task<ChatResponse> SendAsync(this IChatClient client, string loop, IEnumerable<ChatMessage> messages, IList<AITool> tools, CancellationToken cancellationToken = default)
    {
        var options = new ChatOptions { Tools = tools };
        return loop.EndsWith("streaming", StringComparison.Ordinal)
            ? await client.GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken)
            : await client.GetResponseAsync(messages, options, cancellationToken);
    }

    public static Task<ChatResponse> SendAsync(this IChatClient client, string loop, string prompt, IList<AITool> tools, CancellationToken cancellationToken = default) =>
        client.SendAsync(loop, [new ChatMessage(ChatRole.User, prompt)], tools, cancellationToken);
}
