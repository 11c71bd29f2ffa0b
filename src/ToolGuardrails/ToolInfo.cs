namespace ToolGuardrails;

/// <summary>What the policy says about one tool.</summary>
public sealed class ToolInfo
{
    /// <summary>The tool's id, which is its key in the policy: 1 to 128 characters out of letters, digits and <c>._/-</c>. For a tool that the policy doesn't know: the name that was asked for.</summary>
    public required string Id { get; init; }

    /// <summary>The server that offers it; null for a tool of the host's own.</summary>
    public string? Server { get; init; }

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

    /// <inheritdoc/>
    public override string ToString() => Id;
}
