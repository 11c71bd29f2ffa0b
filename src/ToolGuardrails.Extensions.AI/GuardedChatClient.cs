using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI;

/// <summary>Goes around the client that invokes functions.</summary>
internal sealed class GuardedChatClient(IChatClient inner, AgentSession session, GuardedChatOptions options) : DelegatingChatClient(inner)
{
    private readonly ChatApprovals? _approvals = options.AnsweredBy is null ? null : new ChatApprovals(session, options);

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        (ChatTurn turn, options) = await BeginAsync(messages, options, cancellationToken);
        ChatResponse response = turn.IsEmpty ? new ChatResponse() : await base.GetResponseAsync(turn.Messages, options, cancellationToken);
        await RecordAsync(response);
        response.Messages = [.. turn.Resumed, .. response.Messages, .. await WaitingAsync(turn, cancellationToken)];
        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        (ChatTurn turn, options) = await BeginAsync(messages, options, cancellationToken);
        foreach (ChatMessage resumed in turn.Resumed)
        {
            yield return Update(resumed);
        }

        List<ChatResponseUpdate> said = [];
        try
        {
            if (!turn.IsEmpty)
            {
                await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(turn.Messages, options, cancellationToken))
                {
                    said.Add(update);
                    yield return update;
                }
            }
        }
        finally
        {
            // Also what was said before somebody stopped listening.
            await RecordAsync(said.ToChatResponse());
        }

        foreach (ChatMessage waiting in await WaitingAsync(turn, cancellationToken))
        {
            yield return Update(waiting);
        }
    }

    private static ChatResponseUpdate Update(ChatMessage message) => new(message.Role, message.Contents) { MessageId = message.MessageId };

    private async Task<(ChatTurn Turn, ChatOptions? Options)> BeginAsync(IEnumerable<ChatMessage> messages, ChatOptions? request, CancellationToken cancellationToken)
    {
        if (request?.Tools is { Count: > 0 } tools)
        {
            request = request.Clone();
            request.Tools = tools.WithGuardrails(session, options: options);
        }

        if (_approvals is not null)
        {
            ChatApprovals.RefuseMarked(request?.Tools);
        }

        var turn = new ChatTurn(messages, takesAnswers: _approvals is not null);
        foreach (string prompt in turn.Prompts)
        {
            await session.RecordPromptAsync(prompt, cancellationToken);
        }

        if (_approvals is not null)
        {
            await _approvals.AnswerAsync(turn, request?.Tools, cancellationToken);
        }

        return (turn, request);
    }

    private ValueTask RecordAsync(ChatResponse response) =>
        response.Text is { Length: > 0 } text ? session.RecordOutputAsync(text, CancellationToken.None) : default;

    private ValueTask<IReadOnlyList<ChatMessage>> WaitingAsync(ChatTurn turn, CancellationToken cancellationToken) =>
        _approvals is null ? new([]) : _approvals.WaitingAsync(turn, cancellationToken);
}
