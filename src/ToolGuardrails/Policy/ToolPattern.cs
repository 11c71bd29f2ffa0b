namespace ToolGuardrails.Policy;

/// <summary>A tool id, or the beginning of ids with a trailing <c>*</c>. Matched ordinally, and only against ids that the policy declares.</summary>
internal sealed record ToolPattern(string Text)
{
    public bool IsWildcard => Text.EndsWith('*');

    /// <summary>The text without the <c>*</c>.</summary>
    public string Beginning => IsWildcard ? Text[..^1] : Text;

    /// <summary>Whether a deny or risk with this pattern is about the tool: the tool has one of the accesses it lists, or it lists none.</summary>
    public bool Concerns(ToolEntry tool, ToolAccess? access) =>
        Matches(tool.Info.Id) && (access is not { } some || (some & tool.Info.Access) != 0);

    /// <summary>Whether a grant with this pattern reaches the tool: it lists every access of it. A tool without any is reached by none.</summary>
    public bool Covers(ToolEntry tool, ToolAccess access) =>
        Matches(tool.Info.Id) && tool.Info.Access != ToolAccess.None && (tool.Info.Access & ~access) == 0;

    public bool Matches(string toolId) => IsWildcard
        ? toolId.AsSpan().StartsWith(Text.AsSpan(0, Text.Length - 1), StringComparison.Ordinal)
        : string.Equals(toolId, Text, StringComparison.Ordinal);
}
