namespace ToolGuardrails;

/// <summary>One person's answer to a request, as it is kept.</summary>
/// <param name="Answer">What was answered.</param>
/// <param name="By">Who; null where the channel couldn't prove it.</param>
/// <param name="Comment">A comment, or the reason of a rejection; null where nothing was said.</param>
/// <param name="At">When, in UTC.</param>
public sealed record ApprovalDecision(ApprovalAnswer Answer, Principal? By, string? Comment, DateTimeOffset At)
{
    /// <summary>The roles that the channel has proven.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];
}
