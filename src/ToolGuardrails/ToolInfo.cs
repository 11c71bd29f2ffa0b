namespace ToolGuardrails;

/// <summary>What the policy says about one tool.</summary>
public sealed class ToolInfo
{
    /// <summary>The tool's id, which is its key in the policy: 1 to 128 characters out of letters, digits and <c>._/-</c>. For a tool that the policy doesn't know: the name that was asked for.</summary>
    public required string Id { get; init; }

    /// <summary>The server that offers it; null for a tool of the host's own.</summary>
    public string? Server { get; init; }

    /// <summary>Whether the policy trusts that server. False for a tool of the host's own.</summary>
    public bool IsServerTrusted { get; init; }

    /// <summary>Its name on the wire; the id unless the policy says otherwise.</summary>
    public required string Name { get; init; }

    /// <summary>What it does to the world.</summary>
    public ToolAccess Access { get; init; }

    /// <summary>Its own tier, before risks and guards raise a call's.</summary>
    public RiskTier Tier { get; init; }

    /// <summary>Whether what it does can be undone. False unless the policy says so or it only reads.</summary>
    public bool Reversible { get; init; }

    /// <summary>The policy's labels, such as <c>external</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What it touches, in words for the approver.</summary>
    public IReadOnlyList<string> Touches { get; init; } = [];

    /// <summary>A tool of the host's own, of which nothing more is said: a policy made of it takes it to write.</summary>
    /// <param name="id">Its id, which is its name too.</param>
    public static ToolInfo Named(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        return new() { Id = id, Name = id };
    }

    /// <summary>The same tool, said to read and nothing else: access read, tier low.</summary>
    public ToolInfo AsReadOnly() => new()
    {
        Id = Id,
        Server = Server,
        IsServerTrusted = IsServerTrusted,
        Name = Name,
        Access = ToolAccess.Read,
        Tier = RiskTier.Low,
        Reversible = true,
        Labels = Labels,
        Touches = Touches,
    };

    /// <inheritdoc/>
    public override string ToString() => Id;
}
