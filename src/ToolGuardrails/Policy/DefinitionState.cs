namespace ToolGuardrails.Policy;

/// <summary>What the host has shown of a tool's definition.</summary>
/// <param name="First">The digest first shown; null where none was.</param>
/// <param name="Observed">The digest last shown; null where none was.</param>
/// <param name="Changed">Whether it ever differed from the first: showing the old one again frees nothing.</param>
internal readonly record struct DefinitionState(string? First, string? Observed, bool Changed)
{
    /// <summary>A changed definition is quarantined until the policy pins the new one (T14).</summary>
    /// <param name="pinned">What the policy pins; null where it pins nothing.</param>
    /// <returns>Why the tool is quarantined, or null.</returns>
    public VerdictReason? Judge(string? pinned) => (pinned, Observed) switch
    {
        (not null, null) => Reasons.ToolDefinitionUnknown,
        (not null, _) => pinned == Observed ? null : Reasons.ToolDefinitionChanged,
        _ => Changed ? Reasons.ToolDefinitionChanged : null,
    };
}
