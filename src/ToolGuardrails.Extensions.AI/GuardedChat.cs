using Microsoft.Extensions.AI;
using ToolGuardrails.Extensions.AI;

namespace ToolGuardrails;

/// <summary>Puts the pipeline around chat clients of Microsoft.Extensions.AI.</summary>
public static class GuardedChat
{
    /// <summary>Guards a chat client that invokes functions: it records prompts and outputs, and guards the tools of each request, also those that are added per request. It has to be the outermost of both: below the function-invoking client it would guard nothing.</summary>
    /// <param name="client">The client that invokes functions.</param>
    /// <param name="session">Who runs. Nothing in the chat can choose another one.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The client is guarded already.</exception>
    public static IChatClient WithGuardrails(this IChatClient client, AgentSession session, GuardedChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(session);
        return client.GetService<GuardedChatClient>() is null
            ? new GuardedChatClient(client, session, options ?? new())
            : throw new InvalidOperationException("The chat client is guarded already, and would record each prompt twice; guard the client that invokes functions, once for each session.");
    }
}
