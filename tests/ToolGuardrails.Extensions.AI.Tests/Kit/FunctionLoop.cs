using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI.Tests.Kit;

/// <summary>A loop that invokes functions as <see cref="FunctionInvokingChatClient"/> 10.11.0 does, where that matters to a guard. Its rules, each found by running that client:</summary>
/// <remarks>
/// R1. Approval goes by name: a tool whose <c>GetService</c> finds an <see cref="ApprovalRequiredAIFunction"/> needs one.
/// R2. If one call of a response needs approval, all calls of that response become requests for approval, with the id <c>ficc_</c> and the call's id.
/// R3. Of an answer the loop runs the call that the answer carries. It looks neither for the request nor at the arguments that were shown.
/// R4. A rejected call's result is the text <c>Tool call invocation rejected.</c> and the reason.
/// R5. A function's arguments are the very objects of the call in the history: editing them edits the history.
/// R6. A result that is a <see cref="FunctionResultContent"/> of the same call id is passed on as it is.
/// R7. What a function throws the model reads as <c>Error: Function failed.</c>; after more than three iterations in a row with an error the loop throws it.
/// R8. The calls of a response run one after the other, or all at once where the host allows it.
/// R9. A function can end the loop: the calls behind it in the same response don't run.
/// R10. A tool that isn't there is <c>Error: Requested function "x" not found.</c>; tools of the loop's own are found even if the request doesn't list them.
/// R11. Streaming passes updates on as they come, and invokes once the response is complete.
/// R12. Cancellation of the request reaches the function and ends the loop.
/// </remarks>
internal sealed class FunctionLoop(IChatClient inner, bool concurrent = false) : DelegatingChatClient(inner)
{
    private static readonly AsyncLocal<FunctionCallContent?> Running = new();

    /// <summary>The call inside of which this is read (R9 and the call's id).</summary>
    public static FunctionCallContent? Current => Running.Value;

    public List<AITool> OwnTools { get; } = [];

    public Func<FunctionCallContent, bool> EndsAfter { get; init; } = static _ => false;

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        AITool[] tools = [.. options?.Tools ?? [], .. OwnTools];
        List<ChatMessage> history = [.. messages];
        int errors = 0;
        if (TakeAnswers(history) is { Count: > 0 } answered)
        {
            history.Add(new(ChatRole.Assistant, [.. answered.Select(static a => (AIContent)a.ToolCall)]));
            ChatMessage results = new(ChatRole.Tool, [.. await AllAsync(answered, a => a.Approved ? RunAsync((FunctionCallContent)a.ToolCall, tools, cancellationToken) : Task.FromResult<AIContent>(Rejected(a)))]); // R3
            history.Add(results);
            yield return new(ChatRole.Tool, results.Contents);
        }

        while (true)
        {
            List<ChatResponseUpdate> updates = [];
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(history, options, cancellationToken))
            {
                updates.Add(update);
                if (!update.Contents.OfType<FunctionCallContent>().Any(c => NeedsApproval(c, tools)))
                {
                    yield return update;
                }
            }

            List<ChatMessage> said = [.. updates.ToChatResponse().Messages];
            FunctionCallContent[] calls = [.. said.SelectMany(static m => m.Contents).OfType<FunctionCallContent>()];
            if (calls.Length == 0)
            {
                yield break;
            }

            if (calls.Any(c => NeedsApproval(c, tools)))
            {
                yield return new(ChatRole.Assistant, [.. calls.Select(static c => (AIContent)new ToolApprovalRequestContent("ficc_" + c.CallId, c))]); // R2
                yield break;
            }

            int? end = Array.FindIndex(calls, c => EndsAfter(c)) is >= 0 and int at ? at : null;
            AIContent[] contents = [.. await AllAsync(end is { } last ? calls[..(last + 1)] : calls, c => RunAsync(c, tools, cancellationToken))];
            history.AddRange([.. said, new(ChatRole.Tool, contents)]);
            yield return new(ChatRole.Tool, contents);
            errors = contents.OfType<FunctionResultContent>().Any(static r => r.Exception is not null) ? errors + 1 : 0;
            if (errors > 3)
            {
                throw contents.OfType<FunctionResultContent>().First(static r => r.Exception is not null).Exception!; // R7
            }

            if (end is not null)
            {
                yield break; // R9
            }
        }
    }

    private static bool NeedsApproval(FunctionCallContent call, AITool[] tools) =>
        tools.FirstOrDefault(t => t.Name == call.Name)?.GetService<ApprovalRequiredAIFunction>() is not null; // R1

    private static List<ToolApprovalResponseContent> TakeAnswers(List<ChatMessage> history)
    {
        List<ToolApprovalResponseContent> answers = [.. history.SelectMany(static m => m.Contents).OfType<ToolApprovalResponseContent>()];
        history.RemoveAll(static m => m.Contents.Count > 0 && m.Contents.All(static c => c is ToolApprovalResponseContent or ToolApprovalRequestContent));
        return answers;
    }

    private static FunctionResultContent Rejected(ToolApprovalResponseContent answer) =>
        new FunctionResultContent(answer.ToolCall.CallId, $"Tool call invocation rejected. {answer.Reason}".TrimEnd()); // R4

    private async Task<IEnumerable<AIContent>> AllAsync<T>(IReadOnlyList<T> calls, Func<T, Task<AIContent>> run)
    {
        if (concurrent)
        {
            return await Task.WhenAll(calls.Select(c => Task.Run(() => run(c)))); // R8
        }

        List<AIContent> results = [];
        foreach (T call in calls)
        {
            results.Add(await run(call));
        }

        return results;
    }

    private static async Task<AIContent> RunAsync(FunctionCallContent call, AITool[] tools, CancellationToken cancellationToken)
    {
        if (tools.FirstOrDefault(t => t.Name == call.Name) is not AIFunction function)
        {
            return new FunctionResultContent(call.CallId, $"Error: Requested function \"{call.Name}\" not found."); // R10
        }

        Running.Value = call;
        try
        {
            object? result = await function.InvokeAsync(new AIFunctionArguments(call.Arguments), cancellationToken); // R5, R12
            return result is FunctionResultContent own && own.CallId == call.CallId ? own : new FunctionResultContent(call.CallId, result); // R6
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new FunctionResultContent(call.CallId, "Error: Function failed.") { Exception = e }; // R7
        }
    }
}
