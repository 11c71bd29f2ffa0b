using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI;

/// <summary>One request to a chat: what goes on to the model, what is new in it, and what was answered in it.</summary>
internal sealed class ChatTurn
{
    /// <param name="messages">The history, as the caller has it.</param>
    /// <param name="takesAnswers">Whether requests and answers are ours: then the model's side never sees one.</param>
    public ChatTurn(IEnumerable<ChatMessage> messages, bool takesAnswers)
    {
        ChatMessage[] history = [.. messages];
        int first = Array.FindLastIndex(history, static m => m.Role == ChatRole.Assistant) + 1; // What the model has answered is old.
        Answers = takesAnswers ? [.. history.Skip(first).SelectMany(static m => m.Contents).OfType<ToolApprovalResponseContent>()] : [];
        Prompts = [.. history.Skip(first).Where(static m => m.Role == ChatRole.User && m.Text.Length > 0).Select(static m => m.Text)];
        Messages = takesAnswers ? [.. history.Select(WithoutApprovals).OfType<ChatMessage>()] : [.. history];
        IsEmpty = takesAnswers && Answers.Count > 0 && !history.Skip(first).Any(static m => WithoutApprovals(m) is not null);
    }

    /// <summary>What goes on to the model.</summary>
    public List<ChatMessage> Messages { get; }

    public IReadOnlyList<string> Prompts { get; }

    public IReadOnlyList<ToolApprovalResponseContent> Answers { get; }

    /// <summary>The calls that were made because of answers, as a call of the model's and its result.</summary>
    public List<ChatMessage> Resumed { get; } = [];

    /// <summary>Why answers didn't count, by request.</summary>
    public Dictionary<string, string> Refusals { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether there is nothing for the model to answer.</summary>
    public bool IsEmpty { get; private set; }

    public void Add(FunctionCallContent call, FunctionResultContent result)
    {
        ChatMessage[] pair = [new(ChatRole.Assistant, [call]) { MessageId = call.CallId }, new(ChatRole.Tool, [result]) { MessageId = call.CallId + "_result" }];
        Resumed.AddRange(pair);
        Messages.AddRange(pair);
        IsEmpty = false;
    }

    private static ChatMessage? WithoutApprovals(ChatMessage message)
    {
        if (!message.Contents.Any(IsApproval))
        {
            return message;
        }

        AIContent[] rest = [.. message.Contents.Where(static c => !IsApproval(c))];
        if (rest.Length == 0)
        {
            return null;
        }

        ChatMessage copy = message.Clone();
        copy.Contents = [.. rest];
        return copy;
    }

    private static bool IsApproval(AIContent content) => content is ToolApprovalRequestContent or ToolApprovalResponseContent;
}
