namespace ToolGuardrails;

/// <summary>How a server of the Model Context Protocol is guarded. The default value is the safe one.</summary>
public sealed class GuardedServerOptions
{
    /// <summary>The server's id in the policy's <c>servers</c>: its tools, prompts and resources are those of that server.</summary>
    /// <value>Null: they are the host's own.</value>
    public string? Server { get; init; }

    /// <summary>Whether a client that can ask its user is asked to confirm a call that needs a review by the person it is made for. Its answer counts as that person's, and never for a per-call gate.</summary>
    /// <value>True.</value>
    public bool AsksClient { get; init; } = true;

    /// <summary>Lets requests pass that nobody here can stop, because the host has given the server handlers of its own for methods that the protocol's core doesn't know, and is told of each such method when the server is made.</summary>
    /// <value>Null: such a server is refused when it is made.</value>
    public Action<string>? LetPass { get; init; }
}
