using System.Text.Json;
using Anthropic.Models.Messages;
using ToolGuardrails;

namespace AnthropicLoop;

/// <summary>The loop around the Messages API.</summary>
/// <param name="ask">Sends a request: <c>client.Messages.Create</c>, or the same by streaming.</param>
/// <param name="session">For what the model calls itself.</param>
/// <param name="code">For what code calls that the model has written and the provider runs: a child of <paramref name="session"/>, whose agent has grants of its own.</param>
/// <param name="find">The tool of a name. A name without a tool still goes to the pipeline, which denies and records it.</param>
internal sealed class ToolLoop(
    Func<MessageCreateParams, CancellationToken, Task<Message>> ask,
    AgentSession session,
    AgentSession code,
    Func<string, Func<ToolArguments, CancellationToken, ValueTask<string>>> find)
{
    public async Task<Message> RunAsync(MessageCreateParams request, CancellationToken cancellationToken = default)
    {
        // <readme>
        List<MessageParam> messages = [.. request.Messages];
        while (true)
        {
            Message answer = await ask(request with { Messages = messages }, cancellationToken);
            messages.Add(new AssistantMessageParam(new MessageContentParam(JsonSerializer.SerializeToElement(answer.Content.Select(b => b.Json)))));
            if (answer.StopReason?.Value() != StopReason.ToolUse)
            {
                return answer; // One that was cut short or refused can hold tool uses too: they don't run.
            }

            List<ContentBlockParam> results = [];
            foreach (ToolUse use in answer.Content.Select(b => b.Value).OfType<ToolUseBlock>().Select(b => new ToolUse(b)))
            {
                AgentSession caller = use.IsDirect ? session : code;
                ToolOutcome<string> outcome = await caller.InvokeAsync(use.Name, use.Input, find(use.Name), new() { ToolUseId = use.Id }, cancellationToken);
                results.Add(new ToolResultBlockParam(use.Id) { Content = outcome.ToModelText(), IsError = !outcome.HasValue });
            }

            messages.Add(new UserMessageParam(results));
        }
        // </readme>
    }
}
