namespace ToolGuardrails;

/// <summary>One line of what an approver reads. <see cref="ApprovalRequest.ToLines"/> makes it.</summary>
/// <remarks>Label and text are safe to show as plain text: what could hide, reorder or forge is escaped, and there is no line break in them. Encoding them for HTML or markdown is the page's part.</remarks>
public sealed record ApprovalLine
{
    internal ApprovalLine(ApprovalSection section, int level, string? label, string text)
    {
        Section = section;
        Level = level;
        Label = label;
        Text = text;
    }

    /// <summary>What it is about.</summary>
    public ApprovalSection Section { get; }

    /// <summary>0; or 1 where it belongs to the line of level 0 before it.</summary>
    public int Level { get; }

    /// <summary>What the text is, such as <c>Owner</c>, or an argument's name with its kind and length; null for an entry of a list.</summary>
    public string? Label { get; }

    /// <summary>The text, whole; empty where lines of level 1 say it.</summary>
    public string Text { get; }

    /// <summary>The line as it stands in <see cref="ApprovalRequest.ToText"/>, without a line break.</summary>
    public override string ToString()
    {
        string indent = new(' ', 2 * Level);
        return Label is null ? $"{indent}- {Text}"
            : Text.Length == 0 ? $"{indent}{Label}:"
            : $"{indent}{Label}: {Text}";
    }
}
