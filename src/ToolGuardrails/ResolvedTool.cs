namespace ToolGuardrails;

/// <summary>A tool as the policy resolves it for one chain of agents. The policy's compiled form derives from it; the words don't know more.</summary>
internal abstract class ResolvedTool(ToolInfo tool)
{
    public ToolInfo Tool { get; } = tool;

    /// <summary>The digest of the policy that it is resolved against; null where there is none.</summary>
    public string? PolicyDigest { get; init; }
}
