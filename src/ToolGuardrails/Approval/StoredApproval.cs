namespace ToolGuardrails;

/// <summary>What a store keeps of one approval request: what it looks for, and the content, which it doesn't read. Immutable; a change makes the next revision.</summary>
public sealed class StoredApproval
{
    /// <summary>The request's id, unique in its store.</summary>
    public required string Id { get; init; }

    /// <summary>What the request binds to, as 64 hex digits. A store has at most one open request of each digest.</summary>
    public required string Digest { get; init; }

    /// <summary>1 for a new request, and one more for each change.</summary>
    public required long Revision { get; init; }

    /// <summary>Whether it waits for people, or for being used.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Whether something about it, such as a decision made elsewhere, isn't in the audit log yet.</summary>
    public required bool IsUnrecorded { get; init; }

    /// <summary>The agent that asks.</summary>
    public required string Agent { get; init; }

    /// <summary>The tool's id.</summary>
    public required string Tool { get; init; }

    /// <summary>The tenant; null where there is none.</summary>
    public string? Tenant { get; init; }

    /// <summary>When it was asked, in UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When the last approval that it needed was given, in UTC; null where it wasn't approved.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>Everything else, as UTF-8: to be kept byte by byte. It holds the arguments in clear.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }
}
