namespace ToolGuardrails;

/// <summary>What a store keeps of one grant that people have given for a while: an elevation, a broken glass or a standing approval. Immutable; a change makes the next revision.</summary>
public sealed class StoredGrant
{
    /// <summary>The grant's id, unique in its store.</summary>
    public required string Id { get; init; }

    /// <summary>1 for a new grant, and one more for each change. Uses change nothing here.</summary>
    public required long Revision { get; init; }

    /// <summary>Whether it may be used. False once it was revoked or has ended, and then for ever.</summary>
    public required bool IsInForce { get; init; }

    /// <summary>How often it has been used. Counted by the store; a new grant has 0, and a next revision keeps what is counted.</summary>
    public int Uses { get; init; }

    /// <summary>Everything else, as UTF-8: to be kept byte by byte.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }
}
