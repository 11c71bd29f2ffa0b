using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI;

/// <summary>The chat as a channel for answers. Law 7: of an answer only the request's id and the yes or no count; who gave it the host says, and what runs comes out of the store.</summary>
internal sealed class ChatApprovals(AgentSession session, GuardedChatOptions options)
{
    private const int MostWaiting = 1024;
    private const string Shown = "request";
    private const string RefusedKey = "toolguardrails.refused";

    private ApprovalInbox Inbox => session.Pipeline.Approvals;

    /// <summary>A loop that asks for approvals of its own would get its answers from the chat unseen, and this chat's answers are ours.</summary>
    /// <exception cref="InvalidOperationException">A tool carries the mark.</exception>
    public static void RefuseMarked(IEnumerable<AITool>? tools)
    {
        if (tools?.FirstOrDefault(static t => t.GetService<ApprovalRequiredAIFunction>() is not null) is { } marked)
        {
            throw new InvalidOperationException($"The function '{marked.Name}' is an ApprovalRequiredAIFunction, and the chat's approvals are the policy's; unwrap it and let the policy ask for it, or don't set GuardedChatOptions.AnsweredBy.");
        }
    }

    /// <summary>Takes the answers of a turn, and makes the calls that have been decided.</summary>
    public async ValueTask AnswerAsync(ChatTurn turn, IEnumerable<AITool>? tools, CancellationToken cancellationToken)
    {
        // Who answered is known of all before one counts: a call that has run isn't lost to an answer behind it.
        (ToolApprovalResponseContent Answer, ApproverIdentity By)[] answers = [.. turn.Answers.Select(a => (a, WhoAnswers()))];
        foreach ((ToolApprovalResponseContent answer, ApproverIdentity by) in answers)
        {
            if (await DecideAsync(turn, answer, by, cancellationToken) is { } request && Find(request.Tool, tools) is { } function)
            {
                string id = "approved_" + request.Id;
                var call = new FunctionCallContent(id, function.Name, FunctionRun.Members(JsonElement.Parse(request.Arguments.Span))) { InformationalOnly = true };
                turn.Add(call, await ResumeAsync(function, request.Id, id, cancellationToken));
            }
        }
    }

    /// <summary>What waits for people in this session and in those that it started, each as a request for the chat's user.</summary>
    public async ValueTask<IReadOnlyList<ChatMessage>> WaitingAsync(ChatTurn turn, CancellationToken cancellationToken)
    {
        AIContent[] requests =
        [
            .. (await Inbox.ReadAsync(openOnly: true, MostWaiting, cancellationToken))
                .Where(c => c.Status == ApprovalStatus.Pending && IsOurs(c.Request.Session))
                .Select(c => Content(c.Request, turn.Refusals.GetValueOrDefault(c.Request.Id))),
        ];
        return requests.Length == 0 ? [] : [new ChatMessage(ChatRole.Assistant, requests)];
    }

    // Whatever shows the call shows the whole request: exactly, escaped, and without what the policy hides.
    private static ToolApprovalRequestContent Content(ApprovalRequest request, string? refusal) =>
        new(request.Id, new FunctionCallContent(request.Id, request.Tool.Name, new Dictionary<string, object?> { [Shown] = request.ToText() }) { InformationalOnly = true })
        {
            AdditionalProperties = refusal is null ? null : new() { [RefusedKey] = refusal },
        };

    private ApproverIdentity WhoAnswers() =>
        options.AnsweredBy!() ?? throw new InvalidOperationException("GuardedChatOptions.AnsweredBy returned nobody; return the person who has signed in to the chat.");

    /// <returns>The request, where it is decided now and is for a call.</returns>
    private async ValueTask<ApprovalRequest?> DecideAsync(ChatTurn turn, ToolApprovalResponseContent answer, ApproverIdentity by, CancellationToken cancellationToken)
    {
        ApprovalRequest? request = (await Inbox.FindAsync(answer.RequestId, cancellationToken))?.Request;
        if (request is null || !IsOurs(request.Session))
        {
            await session.RecordRefusedAnswerAsync(answer.RequestId, ChatCodes.UnknownRequest, by.Principal, cancellationToken);
            return null;
        }

        if (answer.Approved && !IsAbout(request, answer.ToolCall))
        {
            turn.Refusals[request.Id] = ChatCodes.OtherCall.Code;
            await session.RecordRefusedAnswerAsync(request.Id, ChatCodes.OtherCall, by.Principal, cancellationToken);
            return null;
        }

        // What was typed is the short digest, a comment, or both in one; a digest that isn't the request's confirms nothing.
        ApprovalResponse response = answer.Approved
            ? ApprovalResponse.Approve(by, typedDigest: answer.Reason?.Trim().Split(' ')[0], comment: answer.Reason)
            : ApprovalResponse.Reject(answer.Reason, by);
        ApprovalResult? result = await Inbox.DecideAsync(request.Id, response, cancellationToken);
        if (result?.Refusal is { } refusal)
        {
            turn.Refusals[request.Id] = refusal.Code;
        }

        return result is { IsAccepted: true, Case.Status: ApprovalStatus.Approved or ApprovalStatus.Rejected } && request.Elevation is null ? request : null;
    }

    private GuardedFunction? Find(ToolInfo tool, IEnumerable<AITool>? tools)
    {
        foreach (AITool candidate in tools ?? [])
        {
            if (candidate.GetService<GuardedFunction>() is { } guarded && guarded.Server == tool.Server && guarded.WireName == tool.Name)
            {
                return guarded;
            }
        }

        return options.FindFunction?.Invoke(tool) is not { } found ? null
            : found.GetService<GuardedFunction>() ?? new GuardedFunction(found, session, tool.Server, options);
    }

    // Its result is told as a loop tells it: what a function throws goes no further than the model.
    private async ValueTask<FunctionResultContent> ResumeAsync(GuardedFunction function, string requestId, string callId, CancellationToken cancellationToken)
    {
        try
        {
            return new FunctionResultContent(callId, await function.ResumeAsync(session.Pipeline, requestId, options.Services, cancellationToken));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new FunctionResultContent(callId, "Error: Function failed.") { Exception = e };
        }
    }

    private static bool IsAbout(ApprovalRequest request, ToolCallContent call) =>
        call is FunctionCallContent { Arguments: { Count: 1 } arguments } function && function.Name == request.Tool.Name
        && arguments.TryGetValue(Shown, out object? shown)
        && (shown is JsonElement { ValueKind: JsonValueKind.String } json ? json.GetString() : shown as string) == request.ToText();

    // A session's own requests, and those of the sessions below it.
    private bool IsOurs(SessionIdentity asked)
    {
        for (SessionIdentity? at = asked; at is not null; at = at.Parent)
        {
            if (at.Id == session.Id && at.Agent == session.Identity.Agent && at.Subject == session.Identity.Subject && at.Tenant == session.Identity.Tenant)
            {
                return true;
            }
        }

        return false;
    }
}
