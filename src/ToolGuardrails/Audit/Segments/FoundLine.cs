namespace ToolGuardrails.Audit;

/// <summary>A line of the log itself.</summary>
/// <param name="Index">Its place in the log. Behind damage, where places can't be counted, it means nothing.</param>
/// <param name="Offset">Where it begins in its segment.</param>
/// <param name="Line">Its bytes.</param>
internal sealed record FoundLine(long Index, long Offset, byte[] Line)
{
    /// <summary>A member's text, or an empty one.</summary>
    public string Text(string member) => new AuditRecord(Line).GetString(member) ?? "";
}
