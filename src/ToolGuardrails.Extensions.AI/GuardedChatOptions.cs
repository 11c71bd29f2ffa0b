using Microsoft.Extensions.AI;

namespace ToolGuardrails;

/// <summary>How a chat client is guarded: as its tools are, and whether the chat's user is asked for approvals.</summary>
public sealed class GuardedChatOptions : GuardedToolOptions
{
    /// <summary>Who is at the other end of the chat, as the host has proven it; asked once for each answer to a request. Setting it turns approvals in the chat on: responses end with a <see cref="ToolApprovalRequestContent"/> for each request that waits, and a <see cref="ToolApprovalResponseContent"/> in new messages is taken as this person's answer.</summary>
    /// <value>Null: the chat takes no answers.</value>
    public Func<ApproverIdentity>? AnsweredBy { get; init; }

    /// <summary>Finds a function to resume that isn't among the request's own tools, such as one of a sub-agent's. Choose it by <see cref="ToolInfo.Id"/>.</summary>
    /// <value>Null: an approved call of such a function runs when its agent makes it again.</value>
    public Func<ToolInfo, AIFunction?>? FindFunction { get; init; }

    /// <summary>The services that a resumed function gets.</summary>
    /// <value>Null.</value>
    public IServiceProvider? Services { get; init; }
}
