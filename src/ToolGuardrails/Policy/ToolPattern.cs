namespace ToolGuardrails.Policy;

/// <summary>A tool id, or the beginning of ids with a trailing <c>*</c>. Matched ordinally, and only against ids that the policy declares.</summary>
internal sealed record ToolPattern(string Text)
{
    public bool IsWildcard => Text.EndsWith('*');

    public bool Concerns(ToolEntry tool, ToolAccess? access) =>
        Matches(tool.Info.Id) && (access is not { } some || (some & tool.Info.Access) != 0);

    public bool Matches(string toolId) => IsWildcard
        ? toolId.AsSpan().StartsWith(Text.AsSpan(0, Text.Length - 1), StringComparison.Ordinal)
        : string.Equals(toolId, Text, StringComparison.Ordinal);
}
